import {expect, test} from 'vitest'
import {atPath, liesIn, repositoryPath} from './repository-path.ts'

test('a repository on this machine has a path, one elsewhere has none', () => {
  expect(['/b/restic', 'b/restic', 'local:/b/restic'].map(repositoryPath)).toEqual([
    '/b/restic',
    'b/restic',
    '/b/restic',
  ])
  for (const elsewhere of [
    'sftp:u@h:/b',
    's3:https://h/b',
    'rest:http://h/',
    'rclone:r:b',
    'b2:b:p',
    'gs:b:/',
    'azure:b:/',
  ])
    expect(repositoryPath(elsewhere)).toBeUndefined()
})

test('a relative path is that of the configuration, whoever reads it', () => {
  const file = (own: string): string => `/etc/opsconsole/${own}`
  expect(atPath('restic', file)).toBe('/etc/opsconsole/restic')
  expect(atPath('local:restic', file)).toBe('/etc/opsconsole/restic')
  expect(atPath('sftp:host:restic', file)).toBe('sftp:host:restic')
})

test.each([
  ['/srv/up/repo', '/srv/up', true],
  ['/srv/up', '/srv/up/', true],
  ['/srv/up/..repo', '/srv/up', true],
  ['/srv/uploads', '/srv/up', false],
  ['/srv/up/../repo', '/srv/up', false],
  ['/srv', '/srv/up', false],
  ['/var/repo', '/', true],
])('%s lies in %s: %s', (file, directory, lies) => {
  expect(liesIn(file, directory)).toBe(lies)
})
