import {afterAll, expect, test} from 'vitest'
import {deadline, probeTools} from '../../../test/probe-tools.ts'
import {type Answer, answerTo, encodeName, record, startNameServer} from '../../../test/servers/name-server.ts'
import {freePorts} from '../../lab/ports.ts'
import {dnsProbe} from './driver.ts'
import {openDnsProbe} from './probe.ts'
import {dnsProbeSchema} from './schema.ts'

const closing: (() => Promise<void>)[] = []
afterAll(async () => {
  for (const close of closing) await close()
})

const start = async (...answers: Parameters<typeof startNameServer>) => {
  const server = await startNameServer(...answers)
  closing.push(() => server.close())
  return server
}

const run = (servers: readonly string[], spec: Record<string, unknown> = {}, ms = 10_000) => {
  const parsed = dnsProbeSchema.parse({type: 'dns', name: 'shop.example', servers, ...spec})
  return openDnsProbe(parsed, probeTools).run(deadline(ms))
}

const A = (address: string, ttl = 300): Buffer => record(1, ttl, Buffer.from(address.split('.').map(Number)))
const numbers = (...values: number[]): Buffer => {
  const data = Buffer.alloc(values.length * 2)
  values.forEach((value, index) => data.writeUInt16BE(value, index * 2))
  return data
}
const text = (...parts: string[]): Buffer =>
  Buffer.concat(parts.flatMap(part => [Buffer.from([part.length]), Buffer.from(part)]))
const always =
  (...records: readonly Buffer[]): Answer =>
  asked =>
    answerTo(asked, records)

test('records are shown as people write them, with the least time they may be kept', async () => {
  const {address} = await start(always(A('10.0.0.7', 600), A('10.0.0.8', 60)))
  expect(await run([address])).toMatchObject({
    status: 'up',
    reason: '10.0.0.7, 10.0.0.8, TTL 1m',
    values: {records: 2, ttlSeconds: 60},
    checks: [{name: address, status: 'up'}],
    detail: {address: 'A shop.example'},
  })
})

test.each([
  ['AAAA', record(28, 60, numbers(0x2001, 0xdb8, 0, 0, 0, 0, 0, 1)), '2001:db8::1'],
  ['CNAME', record(5, 60, encodeName('Shop.CDN.example')), 'shop.cdn.example'],
  ['MX', record(15, 60, Buffer.concat([numbers(10), encodeName('mx1.example')])), '10 mx1.example'],
  ['TXT', record(16, 60, text('v=spf1 ', 'include:example -all')), 'v=spf1 include:example -all'],
  ['SRV', record(33, 60, Buffer.concat([numbers(1, 5, 443), encodeName('app.example')])), '1 5 443 app.example'],
  // The name of the server ends in the name that was asked for.
  ['NS', record(2, 60, Buffer.from([3, 0x6e, 0x73, 0x31, 0xc0, 12])), 'ns1.shop.example'],
])('%s', async (type, answer, written) => {
  const {address} = await start(always(answer))
  expect(await run([address], {record: type, expect: {equals: [written]}})).toMatchObject({
    status: 'up',
    reason: `${written}, TTL 1m`,
  })
})

test('an address behind another name is found, and the name on the way is not counted', async () => {
  const {address} = await start(always(record(5, 30, encodeName('web.cdn.example')), A('10.0.0.9')))
  expect(await run([address], {expect: {equals: ['10.0.0.9']}})).toMatchObject({status: 'up', values: {records: 1}})
})

test('what is expected and not there, there and not expected, or too few, is down in words', async () => {
  const {address} = await start(always(A('10.0.0.7'), A('10.0.0.8')))
  expect(await run([address], {expect: {equals: ['10.0.0.8', '10.0.0.7']}})).toMatchObject({status: 'up'})
  expect(await run([address], {expect: {contains: ['10.0.0.8']}})).toMatchObject({status: 'up'})
  for (const [wanted, reason] of [
    [{equals: ['10.0.0.7', '10.0.0.9']}, 'lacks 10.0.0.9; has 10.0.0.7, 10.0.0.8'],
    [{equals: ['10.0.0.7']}, 'has 10.0.0.8, which is not expected'],
    [{contains: ['10.0.0.1']}, 'lacks 10.0.0.1; has 10.0.0.7, 10.0.0.8'],
    [{atLeast: 3}, 'has 2 of at least 3 records: 10.0.0.7, 10.0.0.8'],
  ] as const)
    expect(await run([address], {expect: wanted})).toMatchObject({status: 'down', reason})
})

test('a name that is not there, a server that cannot find out and one that refuses are told apart', async () => {
  const failing =
    (rcode: number): Answer =>
    asked =>
      answerTo(asked, [], {rcode})
  for (const [answer, reason] of [
    [failing(3), 'there is no name shop.example (NXDOMAIN)'],
    [failing(2), 'failed to find out (SERVFAIL): its zone is broken or it cannot reach another server'],
    [failing(5), 'refuses to answer (REFUSED)'],
    [failing(9), 'answered with error 9'],
    [always(), 'shop.example has no A record'],
  ] as const) {
    const {address} = await start(answer)
    expect(await run([address])).toMatchObject({status: 'down', reason})
  }
})

test('a server that says nothing has its own deadline, and a port where nobody listens is known at once', async () => {
  const silent = await start(() => undefined)
  const [port] = await freePorts(1)
  expect(await run([silent.address], {timeout: '150ms'})).toMatchObject({
    status: 'down',
    reason: 'no answer within 150ms',
  })
  expect(await run([`127.0.0.1:${port}`])).toMatchObject({
    status: 'down',
    reason: expect.stringMatching(/^connection refused/),
  })
  expect(await run([silent.address], {timeout: '1m'}, 150)).toMatchObject({
    status: 'down',
    reason: 'no answer within 150 ms',
  })
})

test('each server is asked: one that fails is degraded and named, all that fail are down', async () => {
  const good = await start(always(A('10.0.0.7')))
  const bad = await start(asked => answerTo(asked, [], {rcode: 3}))
  const stale = await start(always(A('10.0.0.1')))
  const expected = {expect: {equals: ['10.0.0.7']}}
  expect(await run([good.address, bad.address], expected)).toMatchObject({
    status: 'degraded',
    reason: `${bad.address}: there is no name shop.example (NXDOMAIN)`,
    checks: [{status: 'up'}, {status: 'down'}],
  })
  expect(await run([bad.address, stale.address], expected)).toMatchObject({
    status: 'down',
    reason: `${bad.address}: there is no name shop.example (NXDOMAIN); ${stale.address}: lacks 10.0.0.7; has 10.0.0.1`,
  })
  expect(await run([good.address, good.address])).toMatchObject({status: 'up', reason: '10.0.0.7, TTL 5m'})
})

test('a question that got lost is sent again', async () => {
  let asked = 0
  const {address} = await start(question => {
    asked += 1
    return asked === 1 ? undefined : answerTo(question, [A('10.0.0.7')])
  })
  expect(await run([address], {timeout: '10s'})).toMatchObject({status: 'up'})
  expect(asked).toBe(2)
})

test('an answer that does not fit is asked for over TCP', async () => {
  const many = Array.from({length: 60}, (_, index) => A(`10.0.1.${index}`))
  const server = await start(asked => answerTo(asked, [], {truncated: true}), always(...many))
  expect(await run([server.address], {expect: {atLeast: 60}})).toMatchObject({
    status: 'up',
    reason: '60 records: 10.0.1.0, 10.0.1.1, 10.0.1.10, 10.0.1.11, 10.0.1.12 and 55 more, TTL 5m',
    values: {records: 60},
  })
  expect(server.asked.tcp).toBe(1)
  const cut = await start(
    asked => answerTo(asked, [], {truncated: true}),
    () => [],
  )
  expect(await run([cut.address])).toMatchObject({
    status: 'down',
    reason: 'closed before its long answer was complete',
  })
})

test('answers to other questions are not listened to', async () => {
  const {address} = await start(asked => [
    answerTo({...asked, id: asked.id ^ 1}, [A('6.6.6.6')]),
    answerTo({...asked, question: Buffer.concat([encodeName('evil.example'), Buffer.from([0, 1, 0, 1])])}, [
      A('6.6.6.6'),
    ]),
    Buffer.from('nonsense'),
    answerTo(asked, [A('10.0.0.7')]),
  ])
  expect(await run([address], {expect: {equals: ['10.0.0.7']}})).toMatchObject({status: 'up'})
})

test.each<[string, (asked: Parameters<Answer>[0]) => Buffer]>([
  [
    'a name that points at itself',
    asked => answerTo(asked, [record(5, 1, Buffer.from([0xc0, 12 + asked.question.length + 12]))]),
  ],
  ['a record that is cut off', asked => answerTo(asked, [A('10.0.0.7').subarray(0, 14)])],
  ['records that are not there', asked => answerTo(asked, []).fill(9, 6, 8)],
])('%s cannot be read, and is no error of the console', async (_, answer) => {
  const {address} = await start(answer)
  expect(await run([address], {record: 'CNAME'})).toMatchObject({
    status: 'down',
    reason: expect.stringMatching(/^(the answer cannot be read|shop\.example has no CNAME record)$/),
  })
})

test('what a server says is escaped', async () => {
  const {address} = await start(always(record(16, 1, text('\u001b[2Jgone'))))
  expect(await run([address], {record: 'TXT'})).toMatchObject({status: 'up', reason: '^[[2Jgone, TTL 1s'})
})

test('names beyond ASCII are asked for in their other form, impossible ones are refused', async () => {
  const names: string[] = []
  const {address} = await start(asked => {
    names.push(asked.name)
    return answerTo(asked, [A('10.0.0.7')])
  })
  expect(await run([address], {name: 'bücher.example'})).toMatchObject({status: 'up'})
  expect(await run([address], {name: '_sip._tcp.example'})).toMatchObject({status: 'up'})
  expect(names).toEqual(['xn--bcher-kva.example', '_sip._tcp.example'])
  expect(await run([address], {name: 'a..b'})).toMatchObject({
    status: 'down',
    reason: expect.stringContaining('is not a name that can be looked up'),
  })
})

test('a server is an address: a name is refused when the file is read', () => {
  const spec = dnsProbeSchema.parse({
    type: 'dns',
    name: 'a',
    servers: ['10.0.0.1', '10.0.0.1:5353', '::1', '[::1]:53', 'ns1.example', '10.0.0.1:99999'],
  })
  expect(dnsProbe.check?.(spec).map(({path}) => path)).toEqual([
    ['servers', 4],
    ['servers', 5],
  ])
})
