import {request} from 'node:http'
import {Duplex} from 'node:stream'
import {expect, test} from 'vitest'
import {readPlainAnswer} from './plain-answer.ts'

const answer = (head: string, body = '', status = 'HTTP/1.1 200 OK'): Buffer =>
  Buffer.from(`${status}\r\n${head}\r\n\r\n${body}`, 'latin1')
const JSON_BODY = '{"status":"ok"}'
const PLAIN = answer(`Content-Type: application/json\r\nContent-Length: ${JSON_BODY.length}`, JSON_BODY)
const CHUNKED = answer('Transfer-Encoding: chunked\r\nConnection: close', `F\r\n${JSON_BODY}\r\n3\r\nabc\r\n0\r\n\r\n`)

/** What Node's own client makes of the same bytes; it waits for ever where it waits for more. */
function readByNode(bytes: Buffer, method = 'GET') {
  return new Promise<{status: number | undefined; headers: object; body: string} | string>(resolve => {
    const stream = new Duplex({read: () => undefined, write: (_chunk, _encoding, done) => done()})
    const asked = request({method, createConnection: () => stream})
    asked.on('error', error => resolve(error.message))
    asked.on('response', response => {
      let body = ''
      response.setEncoding('latin1')
      response.on('data', (more: string) => (body += more))
      response.on('end', () => {
        const {'set-cookie': cookies, ...headers} = response.headers
        const joined = cookies === undefined ? {} : {'set-cookie': cookies.join(', ')}
        resolve({status: response.statusCode, headers: {...headers, ...joined}, body})
      })
      response.on('error', error => resolve(error.message))
    })
    asked.end()
    stream.push(bytes)
  })
}

async function expectSame(bytes: Buffer, isHead = false): Promise<boolean> {
  const read = readPlainAnswer(bytes, isHead)
  if (typeof read === 'string') return false
  const {status, headers, body} = read
  expect({status, headers: {...headers}, body: body.toString('latin1')}).toEqual(
    await readByNode(bytes, isHead ? 'HEAD' : 'GET'),
  )
  return true
}

test.each([
  ['a length', PLAIN, JSON_BODY],
  ['chunks', CHUNKED, `${JSON_BODY}abc`],
  ['nothing', answer('Content-Length: 0'), ''],
  ['no content', answer('X-A: b', '', 'HTTP/1.1 204 No Content'), ''],
  ['an error without words', answer('content-length:2', 'no', 'HTTP/1.1 503'), 'no'],
  ['a cookie', answer('Set-Cookie: a=b; Path=/\r\nContent-Length: 0'), ''],
  ['a value with a tab and one without a letter', answer('X-A: a\tb\r\nX-B:\r\nContent-Length: 0'), ''],
])('an answer with %s is read as Node reads it', async (_, bytes, body) => {
  expect(readPlainAnswer(bytes)).toMatchObject({body: Buffer.from(body)})
  expect(await expectSame(bytes)).toBe(true)
})

test('of a HEAD request the length is that of the body that is not sent', async () => {
  const bytes = answer('Content-Length: 15')
  expect(readPlainAnswer(bytes)).toBe('more')
  expect(await expectSame(bytes, true)).toBe(true)
})

test('a body of a known length is waited for', () => {
  for (let end = PLAIN.indexOf('\r\n\r\n') + 4; end < PLAIN.length; end += 1)
    expect(readPlainAnswer(PLAIN.subarray(0, end))).toBe('more')
})

test('for how long the server keeps the connection is known', () => {
  const kept = (head: string) => readPlainAnswer(answer(`${head}\r\nContent-Length: 0`))
  expect(kept('Connection: keep-alive\r\nKeep-Alive: timeout=5')).toMatchObject({keeps: true, keepsMs: 5000})
  expect(kept('X-A: b')).toMatchObject({keeps: true, keepsMs: undefined})
  expect(kept('Connection: close')).toMatchObject({keeps: false})
})

test.each([
  ['a head that is not all there', PLAIN.subarray(0, 40)],
  ['another protocol', Buffer.from('SSH-2.0-OpenSSH_9.2\r\n\r\n')],
  ['an older version', answer('Content-Length: 0', '', 'HTTP/1.0 200 OK')],
  ['a step before the answer', answer('X-A: b', '', 'HTTP/1.1 103 Early Hints')],
  ['more than its length', answer('Content-Length: 2', 'four')],
  ['two lengths', answer('Content-Length: 2\r\nContent-Length: 2', 'ok')],
  ['a length with a sign', answer('Content-Length: +2', 'ok')],
  ['a length and chunks', answer('Content-Length: 2\r\nTransfer-Encoding: chunked', '2\r\nok\r\n0\r\n\r\n')],
  ['a coding of transfer', answer('Transfer-Encoding: gzip, chunked', '0\r\n\r\n')],
  ['neither length nor chunks', answer('Content-Type: text/plain', 'ok')],
  ['a folded line', answer('X-A: b\r\n c\r\nContent-Length: 0')],
  ['a blank before the colon', answer('Content-Length : 2', 'ok')],
  ['a line that ends with one letter', answer('X-A: b\nContent-Length: 0')],
  ['letters that are none', answer('X-A: \u00e9\r\nContent-Length: 0')],
  ['a zero in a value', answer('X-A: a\0b\r\nContent-Length: 0')],
  ['a header twice', answer('X-A: a\r\nx-a: b\r\nContent-Length: 0')],
  ['an upgrade', answer('Connection: upgrade\r\nUpgrade: h2c\r\nContent-Length: 0')],
  ['chunks with extensions', answer('Transfer-Encoding: chunked', '2;a=b\r\nok\r\n0\r\n\r\n')],
  ['chunks with a trailer', answer('Transfer-Encoding: chunked', '2\r\nok\r\n0\r\nX-A: b\r\n\r\n')],
  ['chunks that are not all there', answer('Transfer-Encoding: chunked', '2\r\nok\r\n')],
  ['a chunk longer than it says', answer('Transfer-Encoding: chunked', '2\r\nokay\r\n0\r\n\r\n')],
  ['something after the last chunk', answer('Transfer-Encoding: chunked', '0\r\n\r\nHTTP/1.1 200 OK')],
  ['a body after no content', answer('X-A: b', 'ok', 'HTTP/1.1 204 No Content')],
  ['a long body', answer('Content-Length: 60000', 'x'.repeat(60_000))],
])('an answer with %s is left to Node', (_, bytes) => {
  expect(readPlainAnswer(bytes)).toBe('unusual')
})

test('whatever is accepted of damaged answers means the same to Node', async () => {
  let seed = 20_261_127
  const random = (below: number): number => {
    seed = (seed * 48_271) % 2_147_483_647
    return seed % below
  }
  const pieces = [
    '\r\n',
    '\r',
    '\n',
    ' ',
    '\t',
    ':',
    '0',
    '9',
    'a',
    '\u00ff',
    '\0',
    'Connection: close\r\n',
    'chunked',
    ';',
  ]
  let accepted = 0
  for (let round = 0; round < 3000; round += 1) {
    const whole = (round % 2 === 0 ? PLAIN : CHUNKED).toString('latin1')
    const at = random(whole.length)
    const damaged = whole.slice(0, at) + pieces[random(pieces.length)] + whole.slice(at + random(3))
    if (await expectSame(Buffer.from(damaged, 'latin1'))) accepted += 1
  }
  // Letters of words and values may be others.
  expect(accepted).toBeGreaterThan(300)
})
