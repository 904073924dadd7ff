/** `40CD3F…:error:0A00010B:SSL routines:tls_validate_record_header:wrong version number:../deps/…/tlsany_meth.c:77:` */
const RAW = /(?:^|\s)[0-9A-F]+:error:[0-9A-F]+:[^:]*:[^:]*:([^:\n]+)/

const PLAIN: readonly (readonly [RegExp, string])[] = [
  [
    /wrong version number|packet length|http request|unexpected message|record type/,
    'what answers there does not speak TLS',
  ],
  [/protocol version|unsupported protocol|version too low/, 'the server speaks no TLS 1.2 or newer'],
  [/handshake failure|no shared cipher|no ciphers/, 'the server refused the TLS handshake: no cipher in common'],
  [/certificate required|bad certificate/, 'the server requires a client certificate'],
  [/unrecognized name/, 'the server knows no host of this name'],
]

/** What a message of OpenSSL means, without its addresses, functions and files; undefined: it is none. */
export function opensslWords(message: string): string | undefined {
  const reason = RAW.exec(message)?.[1]
  if (reason === undefined) return undefined
  return PLAIN.find(([pattern]) => pattern.test(reason))?.[1] ?? `the TLS handshake failed: ${reason}`
}
