import {createServer, type AddressInfo} from 'node:net'
import {afterAll, beforeAll, expect, test} from 'vitest'
import {deadline, probeTools} from '../../test/probe-tools.ts'
import {cacheSchema} from '../caches/config.ts'
import {cacheTargets} from '../caches/target.ts'
import {databaseSchema} from '../databases/config.ts'
import {databaseTargets} from '../databases/target.ts'
import {systemClock} from '../units/clock.ts'

// K10: what a driver says of itself ("Unknown RESP type 72, please report this") is no reason for a person.

const web = createServer(socket => {
  socket.on('error', () => undefined)
  socket.once('data', () => socket.end('HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n'))
})
let port = 0
beforeAll(async () => {
  await new Promise<void>(resolve => web.listen(0, '127.0.0.1', resolve))
  port = (web.address() as AddressInfo).port
})
afterAll(() => web.close())

test('a web server at the address of a cache is down in words', async () => {
  const config = {...cacheSchema.parse({name: 'main', url: `redis://127.0.0.1:${port}`}), environment: 'test'}
  const [target] = cacheTargets({caches: [config]}, {clock: systemClock, secret: ref => Promise.resolve(ref as string)})
  const found = await target!.probe(deadline(10_000))
  await target!.close?.()
  expect(found).toMatchObject({
    status: 'down',
    reason: 'what answers there does not speak as Redis does: it begins with "H"',
  })
})

test('a web server at the address of a database is down in words', async () => {
  const config = {...databaseSchema.parse({name: 'shop', url: `postgres://u@127.0.0.1:${port}/x`}), environment: 'test'}
  const [target] = databaseTargets({databases: [config]}, probeTools)
  const found = await target!.probe(deadline(10_000))
  await target!.close?.()
  expect(found).toMatchObject({status: 'down', reason: 'the server closed the connection'})
})
