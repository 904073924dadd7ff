import {createServer, type IncomingMessage, type ServerResponse} from 'node:http'
import type {AddressInfo} from 'node:net'
import {afterAll, beforeAll, beforeEach, expect, test} from 'vitest'
import {reasonOf} from '../../../connections/reason.ts'
import type {ResolveSecret} from '../../../config/fields.ts'
import type {Notification} from '../channel.ts'
import {retryAfterMs} from '../answer.ts'
import {chatChannel} from './driver.ts'
import {openChatChannel} from './channel.ts'
import {chatChannelSchema} from './schema.ts'
import {slackMessage} from './slack.ts'
import {probeTools} from '../../../../test/probe-tools.ts'

const KEY = 'T000/B000/hunter22hunter22'
const received: string[] = []
let answer: (response: ServerResponse, nth: number) => void = response => response.end('ok')
const server = createServer((request: IncomingMessage, response) => {
  let body = ''
  request.setEncoding('utf8').on('data', (text: string) => (body += text))
  request.on('end', () => {
    received.push(body)
    answer(response, received.length)
  })
})
beforeAll(() => new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve)))
beforeEach(() => void received.splice(0))
afterAll(() => {
  server.closeAllConnections()
  server.close()
})

const notification: Notification = {
  version: 1,
  id: 'down/service/production/web',
  rule: 'down',
  severity: 'critical',
  target: 'service/production/web',
  environment: 'production',
  state: 'firing',
  summary: 'connection refused: 10.0.0.7:443',
  reason: 'connection refused: 10.0.0.7:443',
  text: 'FIRING critical: service/production/web: connection refused: 10.0.0.7:443',
  fallbackFor: null,
  flapping: false,
  since: '2026-11-26T15:00:00.000Z',
  firedAt: '2026-11-26T15:01:30.000Z',
  resolvedAt: null,
  sentAt: '2026-11-26T15:01:31.000Z',
  test: false,
  others: [],
}

const webhook = (): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}/services/${KEY}`

function open(spec: Record<string, unknown> = {}, value?: string) {
  const secret: ResolveSecret = async ref => (typeof ref === 'string' ? ref : (value ?? webhook()))
  const config = chatChannelSchema.parse({type: 'chat', name: 'room', url: {env: 'CHAT_URL'}, ...spec})
  return openChatChannel(config, {secret, fetch, exec: probeTools.exec})
}

/** The error in the words in which the alert engine shows it; undefined when it was delivered. */
async function failureOf(channel: ReturnType<typeof open>, ms = 10_000): Promise<string | undefined> {
  const late = new AbortController()
  const timer = setTimeout(() => late.abort(new Error('no answer in time')), ms)
  try {
    await channel.deliver(notification, late.signal)
    return undefined
  } catch (error) {
    return reasonOf(late.signal.aborted ? late.signal.reason : error)
  } finally {
    clearTimeout(timer)
  }
}

test('Slack gets one text, with the url from a secret and no secret in it', async () => {
  answer = response => response.end('ok')
  expect(await failureOf(open())).toBe(undefined)
  expect(JSON.parse(received[0] ?? '')).toEqual({
    text: [
      '🔴 *FIRING* · critical · `service/production/web`',
      '`connection refused: 10.0.0.7:443`',
      'environment `production` · rule `down` · since `2026-11-26T15:00:00.000Z`',
    ].join('\n'),
  })
  expect(received[0]).not.toContain('hunter22')
})

test('Teams gets a card of plain runs of text', async () => {
  answer = response => response.writeHead(202).end()
  const channel = open({format: 'teams'})
  await channel.deliver(
    {
      ...notification,
      state: 'resolved',
      reason: 'answers again: up',
      resolvedAt: '2026-11-26T15:09:00.000Z',
      test: true,
    },
    new AbortController().signal,
  )
  const sent = JSON.parse(received[0] ?? '') as {attachments: {content: {body: {type: string; inlines: object[]}[]}}[]}
  const body = sent.attachments[0]?.content.body ?? []
  expect(new Set(body.map(({type}) => type))).toEqual(new Set(['RichTextBlock']))
  expect(body.flatMap(({inlines}) => inlines)).toEqual([
    {
      type: 'TextRun',
      text: 'TEST, nothing is wrong: RESOLVED · critical · service/production/web',
      weight: 'Bolder',
      color: 'Good',
    },
    {type: 'TextRun', text: 'answers again: up (it was connection refused: 10.0.0.7:443)'},
    {
      type: 'TextRun',
      text: 'environment production · rule down · since 2026-11-26T15:00:00.000Z · resolved 2026-11-26T15:09:00.000Z',
      isSubtle: true,
    },
  ])
})

test('foreign text is shown letter by letter: nobody is called, nothing is a link, no line is added', () => {
  const hostile = '<!channel> `code` *bold* <https://evil.example|click> & @here\n> quote'
  const {text} = slackMessage({...notification, summary: hostile})
  expect(text.split('\n')[1]).toBe(
    '`&lt;!channel&gt; ˋcodeˋ *bold* &lt;https://evil.example|click&gt; &amp; @here &gt; quote`',
  )
  expect(text.split('\n')).toHaveLength(3)
})

test.each([
  ['slack', 200, '{"ok":false,"error":"channel_not_found"}', 'the receiver did not accept it: channel_not_found'],
  ['slack', 200, '{"ok":false}', 'the receiver did not accept it'],
  ['slack', 200, '{"success":false,"error":"no such room"}', 'the receiver did not accept it: no such room'],
  ['slack', 200, '{"ok":true}', undefined],
  ['slack', 200, '{"success":true}', undefined],
  ['slack', 200, 'no_team', 'the receiver did not accept it: no_team'],
  ['slack', 403, 'invalid_token', 'the receiver answered 403: invalid_token'],
  ['slack', 500, '<html>oops</html>', 'the receiver answered 500'],
  ['slack', 302, '', 'the receiver answered 302: redirects are not followed'],
  [
    'slack',
    200,
    '<!doctype html><title>Sign in</title>',
    'the receiver answered with a web page; is the url that of an incoming webhook?',
  ],
  ['teams', 200, '1', undefined],
  [
    'teams',
    200,
    'Webhook message delivery failed with error: Microsoft Teams endpoint returned HTTP error 429',
    'the receiver did not accept it: Webhook message delivery failed with error: Microsoft Teams endpoint returned HTTP error 429',
  ],
  ['teams', 400, '\u001b[2JBad', 'the receiver answered 400: ^[[2JBad'],
])('%s: status %i with %j', async (format, status, text, failure) => {
  answer = response => response.writeHead(status, {location: 'http://evil.example/'}).end(text)
  expect(await failureOf(open({format}))).toBe(failure)
  expect(received).toHaveLength(1)
})

test('a short pause that the receiver asks for is kept within the deadline', async () => {
  const moments: number[] = []
  answer = (response, nth) => {
    moments.push(performance.now())
    if (nth === 1) response.writeHead(429, {'retry-after': '1'}).end()
    else response.end('ok')
  }
  expect(await failureOf(open())).toBe(undefined)
  expect(received).toHaveLength(2)
  expect((moments[1] ?? 0) - (moments[0] ?? 0)).toBeGreaterThanOrEqual(990)
})

test('during a longer pause nothing is sent, and it is said for how long', async () => {
  answer = response => response.writeHead(429, {'retry-after': '90'}).end()
  const channel = open()
  expect(await failureOf(channel)).toMatch(/^the receiver accepts no more messages for 1m ?(29|30)/)
  expect(await failureOf(channel)).toMatch(/^the receiver accepts no more messages for 1m/)
  expect(received).toHaveLength(1)
})

test('how long a pause is', () => {
  const now = Date.parse('2026-11-26T15:00:00Z')
  expect(retryAfterMs('30', now)).toBe(30_000)
  expect(retryAfterMs('Thu, 26 Nov 2026 15:02:00 GMT', now)).toBe(120_000)
  expect(retryAfterMs('0', now)).toBe(1_000)
  expect(retryAfterMs(null, now)).toBe(1_000)
  expect(retryAfterMs('soon', now)).toBe(1_000)
  expect(retryAfterMs('999999999', now)).toBe(3_600_000)
})

test('a receiver that hangs ends at the deadline; a url that is none is not shown', async () => {
  answer = () => undefined
  expect(await failureOf(open(), 150)).toBe('no answer in time')
  const failure = await failureOf(open({}, `htp:/${KEY}`))
  expect(failure).toBe('the secret url is not an http or https URL')
})

test('of a url that is written out only the host is shown, and another scheme is refused', () => {
  const spec = (url: unknown) => chatChannelSchema.parse({type: 'chat', name: 'room', url})
  expect(chatChannel.address?.(spec(`https://hooks.example.com/services/${KEY}`))).toBe('hooks.example.com')
  expect(chatChannel.address?.(spec({env: 'CHAT_URL'}))).toBe('from $CHAT_URL')
  const issues = chatChannel.check?.(spec(`htp://${KEY}`)) ?? []
  expect(issues.map(({path, message}) => [path, message()])).toEqual([[['url'], 'should be a https:// or http:// URL']])
})
