import {get} from 'node:http'

/** What became of connections that were held while traffic moved. */
export interface HeldResult {
  /** WebSockets by the code they were closed with; 1006 is a cut. */
  readonly closed: Readonly<Record<number, number>>
  readonly polls: {readonly answered: number; readonly cut: number}
}

/** WebSockets and long polls that were begun before a switch, as browsers hold them. */
export async function holdClients(
  url: string,
  {sockets, polls, pollMs}: {readonly sockets: number; readonly polls: number; readonly pollMs: number},
) {
  const closed: Record<number, number> = {}
  const count = {answered: 0, cut: 0}
  const open = await Promise.all(
    Array.from(
      {length: sockets},
      () =>
        new Promise<WebSocket>((resolve, reject) => {
          const socket = new WebSocket(`${url.replace('http', 'ws')}/socket`)
          socket.addEventListener('open', () => resolve(socket))
          socket.addEventListener('error', () => reject(new Error('no WebSocket')))
          socket.addEventListener('close', event => (closed[event.code] = (closed[event.code] ?? 0) + 1))
        }),
    ),
  )
  const ended = Array.from(
    {length: polls},
    () =>
      new Promise<void>(resolve => {
        const end = (kind: keyof typeof count) => () => {
          count[kind] += 1
          resolve()
        }
        get(`${url}/poll?ms=${pollMs}`, {agent: false}, response => {
          response.resume()
          response.on('end', end(response.statusCode === 200 ? 'answered' : 'cut'))
          response.on('error', end('cut'))
        }).on('error', end('cut'))
      }),
  )
  const echo = (socket: WebSocket): Promise<boolean> =>
    new Promise(resolve => {
      if (socket.readyState !== WebSocket.OPEN) return resolve(false)
      socket.addEventListener('message', event => resolve(event.data === 'still there'), {once: true})
      socket.addEventListener('close', () => resolve(false), {once: true})
      socket.send('still there')
    })
  return {
    /** How many WebSockets still answer. */
    alive: async (): Promise<number> => (await Promise.all(open.map(echo))).filter(Boolean).length,
    /** How many were closed by now, in whatever way. */
    closedCount: (): number => Object.values(closed).reduce((sum, each) => sum + each, 0),
    result: async (): Promise<HeldResult> => {
      await Promise.all(ended)
      return {closed: {...closed}, polls: {...count}}
    },
  }
}
