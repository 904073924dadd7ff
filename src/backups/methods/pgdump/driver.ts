import {defineDriver} from '../../../kinds/define-driver.ts'
import {pgdumpSchema} from './schema.ts'

export const pgdumpMethod = defineDriver({
  type: 'pgdump',
  schema: pgdumpSchema,
  load: async () => {
    const {openPgdump} = await import('./pgdump.ts')
    return (_spec, tools: Parameters<typeof openPgdump>[0]) => openPgdump(tools)
  },
  programs: [
    {program: 'pg_dump', why: 'backups', debian: 'postgresql-client', needed: true},
    {program: 'pg_restore', why: 'restores', debian: 'postgresql-client', needed: true},
    {program: 'zstd', why: 'fast compression of backups', debian: 'zstd', needed: false},
  ],
  example: {spec: {type: 'pgdump'}},
})
