import {defineDriver} from '../../../kinds/define-driver.ts'
import {escapeLine} from '../../../text/escape.ts'
import {directoryStorage} from './dir.ts'
import {checkDirectory} from './doctor.ts'
import {directoryStorageSchema} from './schema.ts'

export const directoryStorageDriver = defineDriver({
  type: 'dir',
  schema: directoryStorageSchema,
  open: directoryStorage,
  paths: (spec, places) => ({...spec, path: places.file(spec.path)}),
  address: ({path}) => escapeLine(path.replace(/(?<=.)\/+$/, ''), 200),
  doctor: async ({path}, {name}) => [await checkDirectory(name, path)],
  example: {spec: {type: 'dir', path: '/var/backups/opsconsole/shop'}},
})
