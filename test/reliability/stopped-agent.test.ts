import {createServer, type ServerResponse} from 'node:http'
import type {AddressInfo} from 'node:net'
import {readFileSync} from 'node:fs'
import path from 'node:path'
import {afterAll, beforeAll, expect, test} from 'vitest'
import {processStat} from '../../src/processes/identity.ts'
import {monitorLease} from '../../src/store/lease.ts'
import {openStore, type Store} from '../../src/store/open.ts'
import {createProgram, type Program, until} from '../program/program.ts'

/** A receiver of notifications that answers when the test says so. */
const waiting: ServerResponse[] = []
const receiver = createServer((request, response) => {
  request.resume()
  waiting.push(response)
})
let program: Program
let store: Store
beforeAll(async () => {
  await new Promise<void>(resolve => receiver.listen(0, '127.0.0.1', resolve))
  const {port} = receiver.address() as AddressInfo
  program = createProgram({
    config: `project: shop
environments: [{name: dev}]
services: [{name: nobody, probe: {type: tcp, host: 127.0.0.1, port: 1}, interval: 1s}]
alerts: {channels: [{type: webhook, name: pager, url: 'http://127.0.0.1:${port}/'}]}
`,
  })
  store = openStore(program.stateDir)
})
afterAll(() => {
  receiver.closeAllConnections()
  receiver.close()
  store.close()
  program.remove()
})

/** Everything that whoever watches writes, but for the lease itself. */
const written = (): string =>
  JSON.stringify([
    ...['alert', 'sample', 'watched', 'rollup'].map(table => store.database.prepare(`SELECT * FROM ${table}`).all()),
    readFileSync(path.join(program.stateDir, 'audit/log'), 'utf8'),
  ])

test('an agent that was stopped past its lease and continued writes nothing and sends nothing: another one watches', async () => {
  const agent = program.start('agent', '--listen', '127.0.0.1:0')
  try {
    await until('a delivery under way', () => waiting.length > 0, 60_000)
    const metrics = /(http:\S+)\/metrics/.exec(agent.errors())?.[0] ?? ''
    expect(await (await fetch(metrics)).text()).toContain('opsconsole_lease_held 1')
    process.kill(agent.pid, 'SIGSTOP')
    await until('it to stand still', () => processStat(agent.pid)?.state === 'T')

    const heir = monitorLease(store.database, 'console')
    expect(heir.acquire(Date.now()).held).toBe(false)
    store.database.exec('UPDATE lease SET heartbeat = heartbeat - 60000')
    expect(heir.acquire(Date.now())).toMatchObject({held: true, reason: expect.stringContaining('was silent for')})

    const [before, asked] = [written(), waiting.length]
    for (const response of waiting) response.writeHead(200).end('{}')
    process.kill(agent.pid, 'SIGCONT')
    await until('it to notice', async () => {
      heir.renew(Date.now())
      return (await (await fetch(metrics)).text()).includes('opsconsole_lease_held 0')
    })
    // Two more of its ticks: it only reads.
    const ticks = Date.now() + 4_500
    await until('its next ticks', () => {
      heir.renew(Date.now())
      return Date.now() > ticks
    })
    expect(written()).toBe(before)
    expect(waiting.length).toBe(asked)

    // And it takes over again when the other one leaves.
    heir.release()
    await until('it to watch again', async () =>
      (await (await fetch(metrics)).text()).includes('opsconsole_lease_held 1'),
    )
  } finally {
    agent.kill('SIGCONT')
    agent.kill('SIGTERM')
    await agent.ended
  }
})
