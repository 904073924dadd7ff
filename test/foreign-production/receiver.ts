import {createServer} from 'node:http'
import type {AddressInfo} from 'node:net'

export interface Receiver {
  readonly url: string
  /** What was accepted, in order. */
  readonly accepted: readonly Readonly<Record<string, unknown>>[]
  /** So many deliveries are answered 500 from now on. */
  refuse(count: number): void
  refusals(): number
  stop(): Promise<void>
}

/** Whoever is paged: takes notifications as JSON, and can be told to refuse some first. */
export async function startReceiver(): Promise<Receiver> {
  const accepted: Readonly<Record<string, unknown>>[] = []
  let [toRefuse, refused] = [0, 0]
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const refuses = toRefuse > 0
      if (refuses) {
        toRefuse -= 1
        refused += 1
      } else accepted.push(JSON.parse(Buffer.concat(chunks).toString('utf8')) as Record<string, unknown>)
      response.writeHead(refuses ? 500 : 200).end()
    })
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/page`,
    accepted,
    refuse: count => void (toRefuse = count),
    refusals: () => refused,
    stop: () =>
      new Promise(resolve => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
