import {expect, test} from 'vitest'
import {versionFaults} from './versions.ts'

test.each([
  ['7.0.15', '7.0.11', '7.0.2', []],
  ['6.2.14', '7.0.15', '7.2.4', []],
  ['7.2.4', '7.0.15', '7.2.4', ['redis-server is 7.0.15, older than the Redis 7.2.4 of the backup']],
  ['7.0.15', '7.0.15', '6.2.14', ['it is 6.2.14, older than the Redis 7.0.15 of the backup']],
  // RESTORE would refuse its payload in the middle.
  [
    '6.2.14',
    '7.0.15',
    '6.2.14',
    ['it is 6.2.14, and does not read what redis-server 7.0.15 writes: fill one of that series or newer'],
  ],
  [
    '6.2.14',
    '6.2.14',
    '6.2.14',
    ['redis-server is 6.2.14: a restore into a server needs Redis 7 here, which gives times to live exactly'],
  ],
])('a backup of Redis %s with redis-server %s into %s', (backup, local, target, faults) => {
  expect(versionFaults({backup, local, target, program: 'redis-server'})).toEqual(faults)
})

test('a drill of a Redis 6 needs no newer one', () => {
  expect(versionFaults({backup: '6.2.14', local: '6.2.14', program: 'redis-server'})).toEqual([])
})
