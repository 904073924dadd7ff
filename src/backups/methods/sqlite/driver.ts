import {defineDriver} from '../../../kinds/define-driver.ts'
import {sqliteSchema} from './schema.ts'

export const sqliteMethod = defineDriver({
  type: 'sqlite',
  schema: sqliteSchema,
  load: async () => (await import('./sqlite.ts')).openSqliteMethod,
  paths: (spec, places) => ({...spec, file: places.file(spec.file)}),
  programs: [{program: 'zstd', why: 'fast compression of backups', debian: 'zstd', needed: false}],
  example: {spec: {type: 'sqlite', file: '/var/lib/shop/shop.db', wait: '30s'}},
})
