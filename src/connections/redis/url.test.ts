import {describe, expect, test} from 'vitest'
import {safeAddress} from '../address.ts'
import {parseRedisUrl, redisUrlFault} from './url.ts'

const NONE = {username: undefined, password: undefined}
const at = (host: string, port = 6379) => ({hosts: [{host, port}]})

describe('a Redis URL means what it means to redis-cli', () => {
  test.each([
    ['redis://db1', {...at('db1'), ...NONE, tls: false, database: 0, sentinel: undefined}],
    ['rediss://db1:7000/3', {...at('db1', 7000), ...NONE, tls: true, database: 3}],
    ['redis://user:p%40ss%3A1%2F%23@db1/', {...at('db1'), username: 'user', password: 'p@ss:1/#', database: 0}],
    ['redis://:pass@db1', {username: undefined, password: 'pass'}],
    ['redis://pass@db1', {username: undefined, password: 'pass'}],
    ['redis://u:100%@db1', {username: 'u', password: '100%'}],
    ['redis://u:a:b@c@db1', {username: 'u', password: 'a:b@c', ...at('db1')}],
    ['redis://[::1]:6380/1', {...at('::1', 6380), database: 1}],
    ['redis://db1?db=4', {database: 4}],
    ['redis://:6380', at('127.0.0.1', 6380)],
    [
      'redis+sentinel://u:p@s1,s2:26380/main/2',
      {
        hosts: [
          {host: 's1', port: 26_379},
          {host: 's2', port: 26_380},
        ],
        username: 'u',
        password: 'p',
        database: 2,
        sentinel: 'main',
      },
    ],
  ])('%s', (url, meaning) => expect(parseRedisUrl(url)).toMatchObject(meaning))
})

test.each([
  ['db1:6379', /redis:\/\/ or rediss:\/\//],
  ['http://db1', /redis:\/\/ or rediss:\/\//],
  ['/tmp/redis.sock', /redis:\/\/ or rediss:\/\//],
  ['redis://db1/main', /number of its database/],
  ['redis://db1/1/2', /number of its database/],
  ['redis://db1:port', /redis:\/\/ or rediss:\/\//],
  ['redis://u:geheim@db1/x', /number of its database/],
  ['redis://db1?tls=true', /no parameter "tls"/],
  ['redis+sentinel://s1', /name its master/],
])('%s is refused in words, without its password', (url, words) => {
  expect(redisUrlFault(url)).toMatch(words)
  expect(redisUrlFault(url)).not.toContain('geheim')
})

test.each([
  ['redis://u:p@db1:6379/5', 'redis://db1:6379/5'],
  ['redis+sentinel://u:p@s1,s2:26380/main/2', 'redis+sentinel://s1,s2:26380/main/2'],
  ['redis://u:p@db1/x@y', 'a URL whose password needs percent-encoding'],
])('%s is shown as %s', (url, shown) => expect(safeAddress(url)).toBe(shown))
