import {defineDriver} from '../../../kinds/define-driver.ts'
import {escapeLine} from '../../../text/escape.ts'
import {directoryStorageSchema} from './schema.ts'

export const directoryStorageDriver = defineDriver({
  type: 'dir',
  schema: directoryStorageSchema,
  load: async () => (await import('./dir.ts')).directoryStorage,
  paths: (spec, places) => ({...spec, path: places.file(spec.path)}),
  address: ({path}) => escapeLine(path.replace(/(?<=.)\/+$/, ''), 200),
  doctor: async ({path}, {name}) => [await (await import('./doctor.ts')).checkDirectory(name, path)],
  example: {spec: {type: 'dir', path: '/var/backups/opsconsole/shop'}},
})
