import {expect, test} from 'vitest'
import {backupKind} from './kind.ts'
import {backupSchema} from './config.ts'

const issuesOf = (restic: object, storage = '/var/backups/console'): readonly string[] => {
  const backup = backupSchema.parse({
    name: 'uploads',
    method: 'restic',
    restic: {directory: '/srv/uploads', password: {env: 'X'}, repository: '/var/backups/restic', ...restic},
    storage: {type: 'dir', path: storage},
    encryption: {recipients: ['age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p']},
  })
  return (backupKind.check?.({...backup, environment: 'production'}, {names: () => new Set()}) ?? []).map(
    ({path, message}) => `${path.join('.')} ${message()}`,
  )
}

test('what copies a directory does not lie in it', () => {
  expect(issuesOf({})).toEqual([])
  const wanted = 'should lie outside of /srv/uploads: each backup would copy the ones before it'
  expect(issuesOf({repository: 'local:/srv/uploads/.restic'})).toEqual([`restic.repository ${wanted}`])
  expect(issuesOf({repository: 'sftp:host:/srv/uploads/restic'})).toEqual([])
  expect(issuesOf({}, '/srv/uploads')).toEqual([`storage.path ${wanted}`])
})
