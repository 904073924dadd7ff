import {defineDriver} from '../../../kinds/define-driver.ts'
import {atPath} from './repository-path.ts'
import {resticSchema} from './schema.ts'

export const resticMethod = defineDriver({
  type: 'restic',
  schema: resticSchema,
  load: async () => (await import('./restic.ts')).openResticMethod,
  paths: (spec, places) => ({
    ...spec,
    directory: places.file(spec.directory),
    repository: atPath(spec.repository, own => places.file(own)),
  }),
  programs: [
    {
      program: 'restic',
      why: 'backups of directories',
      debian: 'restic',
      needed: true,
      key: 'program',
      versionBy: 'version',
    },
    {program: 'zstd', why: 'fast compression of backups', debian: 'zstd', needed: false},
  ],
  example: {
    spec: {
      type: 'restic',
      directory: '/srv/uploads',
      repository: '/var/backups/restic',
      password: {file: '/etc/opsconsole/restic-password'},
      environment: {AWS_ACCESS_KEY_ID: {env: 'BACKUP_KEY_ID'}},
      program: '/usr/bin/restic',
    },
  },
})
