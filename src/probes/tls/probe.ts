import net from 'node:net'
import {attemptProbe} from '../../connections/attempt.ts'
import {lookUpUntil} from '../../connections/shared-lookup.ts'
import {untilAborted} from '../../units/until-aborted.ts'
import {escapeLine} from '../../text/escape.ts'
import type {Probe, ProbeTools} from '../probe.ts'
import {judgeHandshake, type Handshake} from './judge.ts'
import type {TlsProbeSpec} from './schema.ts'
import {handshakeFailure} from './words.ts'
import {readAuthorities} from '../../connections/authorities.ts'

/**
 * A whole handshake at every probe: no session is resumed and the authorities are read again, so a certificate that was
 * renewed, or was not, is seen at once.
 */
export const openTlsProbe = (spec: TlsProbeSpec, {clock}: ProbeTools): Probe => ({
  run: signal =>
    attemptProbe(clock, signal, async () => {
      const ca = spec.ca === undefined ? undefined : readAuthorities(spec.ca)
      const found = judgeHandshake(await shakeHands(spec, ca, signal), spec, clock.now())
      return {...found, detail: {address: escapeLine(`${spec.host}:${spec.port}`, 200)}}
    }),
})

async function shakeHands(spec: TlsProbeSpec, ca: Buffer | undefined, signal: AbortSignal): Promise<Handshake> {
  const name = spec.serverName ?? spec.host
  const tls = process.getBuiltinModule('node:tls')
  const socket = tls.connect({
    host: spec.host,
    port: spec.port,
    lookup: lookUpUntil(() => signal.aborted),
    // An address cannot be asked for by name.
    ...(net.isIP(name) === 0 ? {servername: name} : {}),
    ...(ca === undefined ? {} : {ca}),
    minVersion: 'TLSv1.2',
    // The handshake is made whatever the certificate is, and judged here; nothing is sent and nothing read.
    rejectUnauthorized: false,
    checkServerIdentity: () => undefined,
  })
  const shaken = new Promise<Handshake>((resolve, reject) => {
    socket.on('error', error => reject(handshakeFailure(error, name)))
    socket.on('close', () => reject(new Error('the server closed the connection during the handshake')))
    socket.on('secureConnect', () => {
      const certificate = socket.getPeerX509Certificate()
      if (certificate === undefined) return reject(new Error('the server has shown no certificate'))
      // Typed as an error, and a code in truth.
      const problem: unknown = socket.authorizationError
      resolve({
        name,
        certificate,
        protocol: socket.getProtocol() ?? 'unknown',
        cipher: socket.getCipher().standardName,
        problem: typeof problem === 'string' ? problem : undefined,
        mismatch: (net.isIP(name) === 0 ? certificate.checkHost(name) : certificate.checkIP(name)) === undefined,
      })
    })
  })
  const seen = await untilAborted(signal, shaken, () => socket.destroy())
  // Our last word is still on its way; a server that does not get it writes a failed handshake into its log.
  socket.destroySoon()
  return seen
}
