import {defineDriver} from '../../../kinds/define-driver.ts'
import {escapeLine} from '../../../text/escape.ts'
import {sshAddress} from './argv.ts'
import {sshStorageSchema} from './schema.ts'

export const sshStorageDriver = defineDriver({
  type: 'ssh',
  schema: sshStorageSchema,
  load: async () => (await import('./ssh.ts')).sshStorage,
  // The path of the backups is the other host's.
  paths: ({identityFile, knownHostsFile, ...spec}, places) => ({
    ...spec,
    ...(identityFile === undefined ? {} : {identityFile: places.file(identityFile)}),
    ...(knownHostsFile === undefined ? {} : {knownHostsFile: places.file(knownHostsFile)}),
  }),
  address: spec => escapeLine(sshAddress(spec), 200),
  doctor: async (spec, tools) => [await (await import('./doctor.ts')).checkSsh(spec, tools)],
  example: {
    entry: {name: 'shop-elsewhere'},
    spec: {
      type: 'ssh',
      host: 'vault.example.com',
      user: 'backups',
      port: 22,
      path: '/srv/backups',
      identityFile: '~/.ssh/backups_ed25519',
      knownHostsFile: 'secrets/known_hosts',
      connectTimeout: '10s',
    },
  },
})
