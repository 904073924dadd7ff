import type {AddressInfo, Server, Socket} from 'node:net'
import net from 'node:net'
import {afterAll, expect, test} from 'vitest'
import {deadline, probeTools} from '../../../test/probe-tools.ts'
import {openTcpProbe} from './probe.ts'

const servers: Server[] = []
afterAll(() => servers.forEach(server => server.close()))

async function serve(talk: (socket: Socket) => void): Promise<{port: number; server: Server}> {
  const server = net.createServer(socket => {
    socket.on('error', () => undefined)
    talk(socket)
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  servers.push(server)
  return {port: (server.address() as AddressInfo).port, server}
}

const run = (spec: {port: number; send?: string; expect?: string}, ms = 5000) =>
  openTcpProbe({type: 'tcp', host: '127.0.0.1', ...spec}, probeTools).run(deadline(ms))

test('an open port is up, a closed one is down in words', async () => {
  const {port, server} = await serve(() => undefined)
  expect(await run({port})).toMatchObject({status: 'up', reason: 'connected'})
  await new Promise(resolve => server.close(resolve))
  expect(await run({port})).toMatchObject({status: 'down', reason: `connection refused: 127.0.0.1:${port}`})
})

test('what is sent and expected is exchanged', async () => {
  const {port} = await serve(socket => socket.on('data', data => socket.write(`+${data.toString()} \u001b[2J`)))
  expect(await run({port, send: 'PING', expect: '^\\+PING'})).toMatchObject({
    status: 'up',
    reason: 'answered "+PING ^[[2J"',
  })
})

test('a wrong answer, a silent close and a hanging server are down with their reasons', async () => {
  const wrong = await serve(socket => socket.end('220 other'))
  expect(await run({port: wrong.port, expect: '^HELO'})).toMatchObject({
    status: 'down',
    reason: 'answer "220 other" does not match /^HELO/',
  })
  const silent = await serve(socket => socket.end())
  expect(await run({port: silent.port, expect: 'x'})).toMatchObject({
    status: 'down',
    reason: 'closed without an answer',
  })
  const hanging = await serve(() => undefined)
  expect(await run({port: hanging.port, expect: 'x'}, 100)).toMatchObject({
    status: 'down',
    reason: 'no answer within 100 ms',
  })
})
