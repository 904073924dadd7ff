import {createHash} from 'node:crypto'
import type {IncomingMessage, Server} from 'node:http'
import type {Duplex} from 'node:stream'
import {type Frame, frameBytes, takeFrames} from './socket-frames.ts'

const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11'
/** RFC 6455: the service restarts, come again. Browsers and clients connect anew, and reach what serves then. */
const SERVICE_RESTART = 1012
/** Of one message. */
const MOST_BYTES = 70_000
const [CLOSE, PING, PONG] = [8, 9, 10] as const

export interface Sockets {
  readonly open: () => number
  /** A close frame to every client, instead of a cut. They are gone when the client answered it. */
  dismiss(): void
}

/** WebSockets of a server: every message is sent back as it came. */
export function acceptSockets(server: Server): Sockets {
  const open = new Set<Duplex>()
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const key = request.headers['sec-websocket-key']
    if (key === undefined) {
      socket.end('HTTP/1.1 400 Bad Request\r\nconnection: close\r\n\r\n')
      return
    }
    const accept = createHash('sha1').update(`${key}${GUID}`).digest('base64')
    socket.write(
      `HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: upgrade\r\nsec-websocket-accept: ${accept}\r\n\r\n`,
    )
    open.add(socket)
    socket.on('close', () => open.delete(socket))
    socket.on('error', () => socket.destroy())
    socket.on('end', () => socket.end())
    answerAll(socket, head)
  })
  return {
    open: () => open.size,
    dismiss() {
      const code = Buffer.alloc(2)
      code.writeUInt16BE(SERVICE_RESTART)
      for (const socket of open)
        socket.end(frameBytes({opcode: CLOSE, payload: Buffer.concat([code, Buffer.from('this version ends')])}))
    },
  }
}

function answerAll(socket: Duplex, head: Buffer): void {
  let rest: Buffer = Buffer.alloc(0)
  const take = (bytes: Buffer): void => {
    const taken = takeFrames(Buffer.concat([rest, bytes]))
    rest = taken.rest
    for (const frame of taken.frames) answer(socket, frame)
    if (rest.length > MOST_BYTES) socket.destroy()
  }
  socket.on('data', take)
  if (head.length > 0) take(head)
}

function answer(socket: Duplex, {opcode, payload}: Frame): void {
  if (socket.writableEnded) return
  if (opcode === CLOSE) return void socket.end(frameBytes({opcode: CLOSE, payload}))
  if (opcode !== PONG) socket.write(frameBytes({opcode: opcode === PING ? PONG : opcode, payload}))
}
