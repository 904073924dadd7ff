import {readFileSync} from 'node:fs'
import {createServer} from 'node:net'
import type {AddressInfo, Server} from 'node:net'

/** Where we look, when the system gives its own clients other ports. */
const LOWEST = 20_000
const FEWEST = 2_000
const TRIES = 200

/**
 * `count` different TCP ports that are free on 127.0.0.1 now; all are held open until all are known. The system gives
 * none of them to a client, and no other process of ours takes one while this one lives, so one whose server has not
 * begun yet, or rests, is still free when it begins.
 */
export async function freePorts(count: number): Promise<number[]> {
  const servers: Server[] = []
  try {
    for (let index = 0; index < count; index += 1) servers.push(await listenSomewhere())
    return servers.map(server => (server.address() as AddressInfo).port)
  } finally {
    await Promise.all(servers.map(server => new Promise(resolve => server.close(resolve))))
  }
}

async function listenSomewhere(): Promise<Server> {
  const above = firstClientPort()
  if (above - LOWEST >= FEWEST)
    for (let attempt = 0; attempt < TRIES; attempt += 1) {
      const port = LOWEST + Math.floor(Math.random() * (above - LOWEST))
      if (!(await claim(port))) continue
      const server = await listen(port).catch(() => undefined)
      if (server !== undefined) return server
    }
  return listen(0)
}

/** The lowest port that the system gives a client by itself; where it does not say, that of the standard. */
function firstClientPort(): number {
  try {
    return Number.parseInt(readFileSync('/proc/sys/net/ipv4/ip_local_port_range', 'utf8'), 10)
  } catch {
    return 49_152
  }
}

/**
 * By a name of Linux's own, which goes with the process that has it; where there are none, every port is. Two labs that
 * begin side by side would else be given the same one in the second before their servers listen.
 */
function claim(port: number): Promise<boolean> {
  return new Promise(resolve => {
    const server = createServer(socket => socket.destroy())
    server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code !== 'EADDRINUSE'))
    server.listen(`\0opsconsole-port-${port}`, () => resolve(true))
    server.unref()
  })
}

function listen(port: number): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(port, '127.0.0.1', () => resolve(server))
  })
}
