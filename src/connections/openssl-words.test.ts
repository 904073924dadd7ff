import {expect, test} from 'vitest'
import {reasonOf} from './reason.ts'

const raw = (reason: string, code = 'ERR_SSL_X'): Error =>
  Object.assign(
    new Error(
      `write EPROTO 40CD3F81E87F0000:error:0A00010B:SSL routines:tls_validate:${reason}:../deps/openssl/ssl/x.c:77:\n`,
    ),
    {code},
  )

test.each([
  ['wrong version number', 'what answers there does not speak TLS'],
  ['packet length too long', 'what answers there does not speak TLS'],
  ['tlsv1 alert protocol version', 'the server speaks no TLS 1.2 or newer'],
  ['ssl/tls alert handshake failure', 'the server refused the TLS handshake: no cipher in common'],
  ['tlsv13 alert certificate required', 'the server requires a client certificate'],
  ['something new', 'the TLS handshake failed: something new'],
])('OpenSSL says %j, a person reads: %s', (reason, words) => {
  for (const code of ['EPROTO', 'ERR_SSL_X']) expect(reasonOf(raw(reason, code))).toBe(words)
  expect(reasonOf(new TypeError('fetch failed', {cause: raw(reason)}))).toBe(words)
})

test('other messages stay as they are', () => {
  expect(reasonOf(new Error('the server said: error: 42'))).toBe('the server said: error: 42')
})
