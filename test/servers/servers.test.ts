import {existsSync} from 'node:fs'
import {expect, test} from 'vitest'
import {startHaproxy} from './haproxy.ts'
import {startPostgres} from './postgres.ts'
import {startRedis} from './redis.ts'

test('the test servers start on free ports, answer, and leave no process behind', async () => {
  const [redis, postgres, haproxy] = await Promise.all([
    startRedis(),
    startPostgres(['max_connections=20']),
    startHaproxy(
      'defaults\n  mode http\n  timeout connect 1s\n  timeout client 5s\n  timeout server 5s\nfrontend fe\n  bind 127.0.0.1:{port}\n  http-request return status 200\n',
    ),
  ])
  expect((await fetch(`http://127.0.0.1:${haproxy.port}/`)).status).toBe(200)
  expect(existsSync(haproxy.socket)).toBe(true)
  await Promise.all([redis.stop(), postgres.stop(), haproxy.stop()])
  for (const pid of [redis.pid, postgres.pid, haproxy.pid]) expect(() => process.kill(pid, 0)).toThrow('ESRCH')
  expect(existsSync(postgres.dir)).toBe(false)
}, 60_000)
