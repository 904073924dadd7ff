import {createHmac} from 'node:crypto'
import {connect} from 'node:net'
import {afterEach, expect, test} from 'vitest'
import {intakeSchema} from '../alerts/intake/config.ts'
import type {Reported} from '../alerts/intake/reported.ts'
import {OpsError} from '../errors.ts'
import {escapeLine} from '../text/escape.ts'
import {systemClock} from '../units/clock.ts'
import {type Endpoint, serveEndpoint} from './endpoint.ts'
import {intakeRoute} from './intake-route.ts'

const TOKEN = 'correct-horse-battery'
const falco = {name: 'falco', type: 'falco', token: TOKEN}
const event = {rule: 'Shell', priority: 'Critical', hostname: 'web1', output: 'a shell'}

let endpoint: Endpoint | undefined
afterEach(() => endpoint?.close())

async function listen(intake: readonly Record<string, unknown>[], save?: () => void) {
  const kept = new Map<string, Reported>()
  const store = {
    since: () => [...kept.values()],
    get: (id: string) => kept.get(id),
    save: save ?? ((list: readonly Reported[]) => list.forEach(each => kept.set(each.id, each))),
    openCount: () => 0,
    forget: () => {},
  }
  const specs = intake.map(each => intakeSchema.parse(each))
  endpoint = await serveEndpoint({host: '127.0.0.1', port: 0}, [
    intakeRoute({
      config: () => ({alerts: {intake: specs}, environments: [{name: 'prod'}]}),
      store: () => store,
      secret: ref => Promise.resolve(ref as string),
      clean: text => escapeLine(text, 500),
      clock: systemClock,
    }),
  ])
  const {url} = endpoint
  const post = (name: string, body: unknown, headers: Record<string, string> = {authorization: `Bearer ${TOKEN}`}) =>
    fetch(`${url}/intake/${name}`, {
      method: 'POST',
      headers,
      body: typeof body === 'string' ? body : JSON.stringify(body),
    })
  return {url, post, kept}
}

test('what a sender posts with its password is kept before it is answered', async () => {
  const {post, kept} = await listen([falco])
  const answer = await post('falco', event)
  expect([answer.status, await answer.json()]).toEqual([200, {accepted: 1, refused: 0}])
  expect([...kept.values()]).toMatchObject([{source: 'falco', severity: 'critical', environment: 'prod'}])
  const basic = {authorization: `Basic ${Buffer.from(`anybody:${TOKEN}`).toString('base64')}`}
  expect((await post('falco', event, basic)).status).toBe(200)
})

test.each([
  ['no password', 'falco', {}],
  ['a wrong one', 'falco', {authorization: 'Bearer correct-horse-batterx'}],
  ['a part of it', 'falco', {authorization: 'Bearer correct-horse'}],
  ['an empty one', 'falco', {authorization: 'Bearer '}],
  ['the right one as a query', 'falco?token=correct-horse-battery', {}],
  ['a sender that is not configured', 'other', {authorization: `Bearer ${TOKEN}`}],
  ['no sender', '', {authorization: 'Bearer '}],
  ['a path', '..%2ffalco', {authorization: `Bearer ${TOKEN}`}],
])('%s: 401 in the same words, and nothing is kept', async (_name, path, headers) => {
  const {post, kept} = await listen([falco])
  const answer = await post(path, event, headers)
  expect([answer.status, await answer.text()]).toEqual([401, 'this needs the password of a sender\n'])
  expect(kept.size).toBe(0)
})

test('a password that is too short lets nobody in, whoever wrote it', async () => {
  const {post} = await listen([{...falco, token: 'short'}])
  expect((await post('falco', event, {authorization: 'Bearer short'})).status).toBe(401)
})

test('after sixty wrong passwords nobody is listened to for a while', async () => {
  const {post} = await listen([falco])
  const wrong = await Promise.all(Array.from({length: 70}, () => post('falco', event, {authorization: 'Bearer x'})))
  const statuses = wrong.map(({status}) => status)
  expect(statuses.filter(status => status === 401).length).toBeGreaterThanOrEqual(60)
  expect(statuses).toContain(429)
})

test('a sender is held to its rate', async () => {
  const {post} = await listen([{...falco, rate: 3}])
  const answers = []
  for (let count = 0; count < 5; count += 1) answers.push((await post('falco', event)).status)
  expect(answers.slice(0, 3)).toEqual([200, 200, 200])
  expect(answers.slice(3)).toContain(429)
})

test('Sentry signs with its client secret; a body that was changed is not its own', async () => {
  const {post} = await listen([{name: 'sentry', type: 'sentry', token: TOKEN}])
  const body = JSON.stringify({action: 'created', data: {issue: {id: '1', title: 'x', project: {slug: 'web'}}}})
  const signature = createHmac('sha256', TOKEN).update(body).digest('hex')
  expect((await post('sentry', body, {'sentry-hook-signature': signature})).status).toBe(200)
  expect((await post('sentry', `${body} `, {'sentry-hook-signature': signature})).status).toBe(401)
  expect((await post('sentry', body, {authorization: `Bearer ${TOKEN}`})).status).toBe(401)
})

test.each([
  ['no JSON', '{', 400],
  ['JSON of something else', {alerts: []}, 400],
  ['nested ten thousand deep', '['.repeat(10_000) + ']'.repeat(10_000), 400],
  ['more than a megabyte', JSON.stringify({...event, output: 'x'.repeat(1_100_000)}), 413],
])('%s: %s → %i, and the next one is taken', async (_name, body, status) => {
  const {post} = await listen([falco])
  expect((await post('falco', body)).status).toBe(status)
  expect((await post('falco', event)).status).toBe(200)
})

test('what cannot be written down was not taken: the sender tries again', async () => {
  const {post} = await listen([falco], () => {
    throw new OpsError('state/full', 'the store cannot grow')
  })
  const answer = await post('falco', event)
  expect([answer.status, await answer.text()]).toEqual([503, 'the store cannot grow\n'])
})

test('a sender that never ends its body keeps nobody else from being heard', async () => {
  const {url, post} = await listen([falco])
  const {port} = new URL(url)
  const slow = Array.from({length: 20}, () => {
    const socket = connect(Number(port), '127.0.0.1')
    socket.on('error', () => {})
    const head = `POST /intake/falco HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${TOKEN}\r\nContent-Length: 900000\r\n\r\n{`
    socket.write(head)
    return socket
  })
  expect((await post('falco', event)).status).toBe(200)
  for (const socket of slow) socket.destroy()
})
