import {expect, test} from 'vitest'
import {readConfig} from '../../config/load.ts'
import {directoryTemplate, holdsBackups} from './directory.ts'

/** Without the #, and with a recipient. */
const uncommented = (text: string): string =>
  text
    .slice(text.indexOf('# backups:'))
    .replaceAll(/^# ?/gm, '')
    .replace('RECIPIENT', 'age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kudaqk2aqxs5dz4')

test.each(['/srv/uploads', '/srv/Größe & "mehr": #1', '/srv/...'])(
  'the backup of %s is accepted as soon as the # is taken away',
  directory => {
    const text = directoryTemplate(directory, 'production')
    expect(text.split('\n').every(line => line === '' || line.startsWith('#'))).toBe(true)
    const config = readConfig(`environments: [{name: production}]\n${uncommented(text)}`, '/etc/opsconsole.yaml')
    expect(config.backups).toMatchObject([
      {method: 'restic', restic: {directory, repository: '/var/backups/restic'}, environment: 'production'},
    ])
  },
)

test('one that the backups would lie in is none', () => {
  expect(['/', '/var', '/var/backups', '/var/backups/restic'].map(holdsBackups)).toEqual([true, true, true, true])
  expect(['/srv', '/var/back', '/var/backups/other'].map(holdsBackups)).toEqual([false, false, false])
})
