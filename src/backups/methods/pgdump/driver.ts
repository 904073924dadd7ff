import {defineDriver} from '../../../kinds/define-driver.ts'
import {openPgdump} from './pgdump.ts'
import {pgdumpSchema} from './schema.ts'

export const pgdumpMethod = defineDriver({
  type: 'pgdump',
  schema: pgdumpSchema,
  open: (_spec, tools: Parameters<typeof openPgdump>[0]) => openPgdump(tools),
  example: {spec: {type: 'pgdump'}},
})
