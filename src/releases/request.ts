import {plainHttp, secureHttp} from '../connections/http.ts'

export interface Answer {
  readonly status: number
  /** At most 64 KB of it. */
  readonly body: string
  /** The `Date` header, for comparing clocks. */
  readonly date: string | undefined
}

/** One GET on a connection of its own: an answer is always fresh, never from a process that is going away. */
export type Request = (
  url: string,
  options: {readonly timeoutMs: number; readonly signal: AbortSignal},
) => Promise<Answer>

const MOST_BYTES = 64 * 1024

/** GET without redirects. Rejects with a plain Error when there is no answer in time. */
export const request: Request = (url, {timeoutMs, signal}) =>
  new Promise((resolve, reject) => {
    const send = (url.startsWith('https:') ? secureHttp() : plainHttp()).request
    const late = AbortSignal.timeout(timeoutMs)
    const both = AbortSignal.any([signal, late])
    const refuse = (cause: Error): void =>
      reject(late.aborted && !signal.aborted ? new Error(`no answer within ${timeoutMs} ms`) : cause)
    const outgoing = send(url, {agent: false, signal: both, headers: {connection: 'close'}}, incoming => {
      const pieces: Buffer[] = []
      let bytes = 0
      const finish = (): void =>
        resolve({
          status: incoming.statusCode ?? 0,
          body: Buffer.concat(pieces).toString('utf8'),
          date: incoming.headers.date,
        })
      incoming.on('data', (piece: Buffer) => {
        bytes += piece.length
        if (bytes <= MOST_BYTES) pieces.push(piece)
        else {
          finish()
          outgoing.destroy()
        }
      })
      incoming.on('end', finish)
      incoming.on('error', refuse)
    })
    outgoing.on('error', refuse)
    outgoing.end()
  })

/** `http://host:1234/base` and `/health` as one URL. */
export const urlOf = (base: string, path: string): string => `${base.replace(/\/+$/, '')}${path}`
