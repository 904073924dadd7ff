import {createServer, type Server} from 'node:net'
import type {AddressInfo} from 'node:net'
import {afterAll, beforeAll, beforeEach, describe, expect, test} from 'vitest'
import {plainTools} from '../../test/servers/ops-tools.ts'
import {type SlotsLab, startSlots} from '../../test/servers/slots.ts'
import {forgetfulMemory} from '../kinds/memory.ts'
import {loadReleaseOps} from './ops.ts'
import {ask} from './traffic/haproxy/socket.ts'

/** Configurations of HAProxy as others write them: clients kept on servers, agents, servers that are not alike, strangers. */
const createReleaseOps = await loadReleaseOps()

let lab: SlotsLab
let plain = ''
beforeAll(async () => {
  lab = await startSlots()
}, 60_000)
afterAll(() => lab.stop(), 30_000)

const release = () => createReleaseOps(lab.config, plainTools({memory: forgetfulMemory()}), '/etc/opsconsole.yaml')
const command = (text: string): Promise<string> => ask(lab.haproxy.socket, text, AbortSignal.timeout(10_000))

/** HAProxy begins anew with this edit of the configuration that it had at first: blue is live, green is parked. */
const withProxy = (edit: (text: string) => string): Promise<void> =>
  lab.haproxy.again('restart', text => edit((plain ||= text)))
const serverLines = (text: string, more: (name: string) => string): string =>
  text.replaceAll(/^( {2}server (\S+) \S+)/gm, (_line, begin: string, name: string) => `${begin} ${more(name)}`)
const ready = (slot: string) =>
  expect.poll(async () => (await release().live()).name, {timeout: 30_000, message: 'live'}).toBe(slot)

/** One client: what it is answered by, with the cookie that it was given first. */
function openClient() {
  let cookie = ''
  return async (path = '/'): Promise<string> => {
    const answer = await fetch(`${lab.url}${path}`, {headers: cookie === '' ? {} : {cookie}})
    cookie = answer.headers.get('set-cookie')?.split(';')[0] ?? cookie
    await answer.text()
    return `${answer.status} ${answer.headers.get('x-server')?.split('-')[0]}`
  }
}
const KEPT = {
  cookie: (text: string) =>
    serverLines(
      text.replace('\nbackend app\n', '\nbackend app\n  cookie SRV insert indirect nocache\n'),
      name => `cookie ${name}`,
    ),
  'table of its own': (text: string) =>
    text.replace('\nbackend app\n', '\nbackend app\n  stick-table type ip size 10k expire 1h\n  stick on src\n'),
  'table of somebody': (text: string) =>
    `${text.replace('\nbackend app\n', '\nbackend app\n  stick on src table who\n')}backend who\n  stick-table type ip size 10k expire 1h\n`,
}
const WORDS = {cookie: 'the cookie SRV', 'table of its own': 'the table app', 'table of somebody': 'the table who'}

describe.each(Object.keys(KEPT) as (keyof typeof KEPT)[])('clients that a %s keeps on their server', kind => {
  beforeEach(async () => {
    await withProxy(KEPT[kind])
    await ready('blue')
  }, 60_000)

  test('move with all others, there and back, and what they wait for is answered', async () => {
    const client = openClient()
    expect(await client()).toBe('200 blue')
    expect(await release().keptClients()).toBe(WORDS[kind])
    const held = client('/slow?ms=1500')
    await expect
      .poll(async () => (await release().traffic()).reduce((sum, {sessions = 0}) => sum + sessions, 0), {
        timeout: 10_000,
      })
      .toBeGreaterThan(0)
    await release().enableChecksAndWait('green')
    await release().switchTo('green')
    for (let nth = 0; nth < 6; nth += 1) expect(await client()).toBe('200 green')
    expect(await held).toBe('200 blue')
    expect(await release().drained('blue')).toMatchObject({left: 0})
    // As a rollback does.
    await release().enableChecksAndWait('blue', {again: false})
    await release().switchTo('blue')
    for (let nth = 0; nth < 6; nth += 1) expect(await client()).toBe('200 blue')
  }, 60_000)

  test('leave a canary when its share is taken back, and an instance that is rolled', async () => {
    await release().enableChecksAndWait('green')
    await release().giveShare('green', 99)
    let client = openClient()
    // One in a hundred is new to blue, and stays there.
    const newClient = async (): Promise<string> => {
      // All clients of this test have one address: the table must not know it.
      if (kind !== 'cookie') await command(`clear table ${WORDS[kind].split(' ').at(-1)}`)
      client = openClient()
      return client()
    }
    await expect.poll(newClient, {timeout: 20_000}).toBe('200 green')
    await release().takeShareBack('green')
    for (let nth = 0; nth < 6; nth += 1) expect(await client()).toBe('200 blue')
    const [first] = (await (await fetch(lab.url)).text()).split(' ')
    expect(first).toMatch(/^blue/)
    const over = new AbortController()
    const busy = (async () => {
      while (!over.signal.aborted) await client('/slow?ms=50')
    })()
    for (const name of ['blue-1', 'blue-2']) {
      await release().drainInstance(name)
      await release().undrainInstance(name)
    }
    over.abort()
    await busy
  }, 60_000)
})

test('a table that counts, and one of another backend, keep nobody on a server: what loses its traffic drains', async () => {
  await withProxy(
    text => `${text}backend controls
  stick-table type ipv6 size 10k expire 10s store http_req_rate(1s)
backend other
  stick-table type ip size 10k expire 10s
  stick on src
  server else 127.0.0.1:1
`,
  )
  await ready('blue')
  expect(await release().keptClients()).toBeUndefined()
  await release().enableChecksAndWait('green')
  await release().switchTo('green')
  expect((await release().traffic()).map(({instance, word}) => `${instance} ${word}`)).toEqual([
    'blue-1 DRAIN',
    'blue-2 DRAIN',
    'green-1 UP',
    'green-2 UP',
  ])
}, 60_000)

test('servers with an agent are checked while they drain, and one that is gone is not taken for good', async () => {
  // HAProxy resets the connection as soon as it knows what it asked for.
  const agent = createServer(socket => socket.on('error', () => undefined).end('up\n'))
  await new Promise<void>(resolve => agent.listen(0, '127.0.0.1', resolve))
  try {
    await withProxy(text => serverLines(text, () => `agent-check agent-port ${portOf(agent)} agent-inter 300ms`))
    await ready('blue')
    await release().enableChecksAndWait('green')
    expect((await release().traffic()).find(({instance}) => instance === 'green-1')).toMatchObject({
      word: 'DRAIN (agent)',
      placement: 'draining',
    })
    await release().switchTo('green')
    await lab.kill('blue-1')
    await expect
      .poll(async () => (await release().traffic()).find(({instance}) => instance === 'blue-1')?.check, {
        timeout: 20_000,
      })
      .toMatch(/^L4CON/)
    await expect(release().switchTo('blue')).rejects.toThrow(/blue cannot take traffic: blue-1 is /)
  } finally {
    await lab.begin('blue-1', '1.0.0')
    await new Promise(resolve => agent.close(resolve))
  }
}, 60_000)
const portOf = (server: Server): number => (server.address() as AddressInfo).port

test('`fall 1` is refused before a run: HAProxy calls such a server good before it has checked it', async () => {
  await withProxy(text => text.replace('rise 2 fall 2', 'rise 2 fall 1'))
  await ready('blue')
  await expect(release().requireReady('rollback')).rejects.toThrow(
    /blue-1 has `fall 1`, by which HAProxy calls it healthy/,
  )
}, 60_000)

test('a server that no slot has stops a plan, unless it gets nothing of what is moved', async () => {
  const more = (line: string) => (text: string) =>
    text.replace(
      /^ {2}server blue-1 (\S+)$/m,
      (own, address: string) => `${own}\n  server legacy.web-7 ${address} ${line}`,
    )
  await withProxy(more(''))
  await ready('blue')
  await expect(release().requireReady('deploy')).rejects.toThrow(
    'legacy.web-7 takes requests there too, in no slot of this release',
  )
  for (const line of ['backup', 'disabled', 'weight 0']) {
    await withProxy(more(line))
    await ready('blue')
    await expect(release().requireReady('rollback')).resolves.toBeUndefined()
  }
}, 120_000)

test('servers of a slot that are not alike stay so in a canary, and have their own weights after it', async () => {
  await withProxy(text => serverLines(text, name => `weight ${name.endsWith('1') ? 10 : 30}`))
  await ready('blue')
  const weights = async () =>
    (await command('show servers state app'))
      .split('\n')
      .filter(line => line.includes(' app '))
      .map(line => Number(line.split(' ')[7]))
  await release().enableChecksAndWait('green')
  await release().giveShare('green', 5)
  const [blue1 = 0, blue2 = 0, green1 = 0, green2 = 0] = await weights()
  expect([blue2 / blue1, green2 / green1]).toEqual([3, 3])
  expect((green1 + green2) / (blue1 + blue2 + green1 + green2)).toBeCloseTo(0.05, 3)
  await release().takeShareBack('green')
  expect(await weights()).toEqual([10, 30, 10, 30])
}, 60_000)
