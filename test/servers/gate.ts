import net from 'node:net'

/** A door in front of a TCP server, for tests in which the way to it is lost. */
export interface Gate {
  readonly port: number
  open(): Promise<void>
  /** Connections are cut, new ones refused. */
  shut(): Promise<void>
  /** Connections stay and are accepted, and nothing passes any more. */
  hang(): Promise<void>
  stop(): Promise<void>
}

export async function startGate(target: number): Promise<Gate> {
  const sockets = new Set<net.Socket>()
  let hanging = false
  const server = net.createServer(inside => {
    keep(inside)
    if (hanging) return
    const outside = keep(net.connect(target, '127.0.0.1'))
    inside.pipe(outside).pipe(inside)
  })
  const keep = (socket: net.Socket): net.Socket => {
    sockets.add(socket)
    socket.on('error', () => {})
    socket.once('close', () => sockets.delete(socket))
    return socket
  }
  const listen = (port: number): Promise<void> =>
    new Promise((resolve, reject) => {
      server.once('error', reject)
      server.listen(port, '127.0.0.1', resolve)
    })
  await listen(0)
  const {port} = server.address() as net.AddressInfo
  const cut = (): void => {
    for (const socket of sockets) socket.destroy()
  }
  const shut = async (): Promise<void> => {
    cut()
    if (server.listening) await new Promise(resolve => server.close(resolve))
  }
  return {
    port,
    open: async () => {
      cut()
      hanging = false
      if (!server.listening) await listen(port)
    },
    shut,
    hang: async () => {
      hanging = true
      for (const socket of sockets) socket.unpipe().pause()
      if (!server.listening) await listen(port)
    },
    stop: shut,
  }
}
