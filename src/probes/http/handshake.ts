import type {ClientRequest} from 'node:http'
import type {TLSSocket} from 'node:tls'

/** What a server showed in a TLS handshake. */
export interface Handshake {
  /** Validity of its certificate, milliseconds since 1970. */
  readonly validFrom: number
  readonly validTo: number
  /** `TLSv1.3`. */
  readonly protocol: string
}

/** Reads it when the handshake ends: when the answer is there, its socket may be gone. Undefined for http. */
export function handshakeOf(request: ClientRequest): () => Handshake | undefined {
  let seen: Handshake | undefined
  request.on('socket', socket => {
    const secure = socket as TLSSocket
    if (typeof secure.getPeerCertificate !== 'function') return
    secure.once('secureConnect', () => {
      const {valid_from: from, valid_to: to} = secure.getPeerCertificate()
      const [validFrom, validTo] = [Date.parse(from), Date.parse(to)]
      if (Number.isNaN(validTo)) return
      seen = {validFrom, validTo, protocol: secure.getProtocol() ?? ''}
    })
  })
  return () => seen
}
