import dgram from 'node:dgram'
import net, {type AddressInfo} from 'node:net'

/** What the server was asked, and the bytes that an answer begins with. */
export interface Asked {
  readonly id: number
  readonly name: string
  readonly type: number
  /** The question as it came, header left out: an answer repeats it. */
  readonly question: Buffer
}

/** Undefined: no answer. Several messages are sent one after the other. */
export type Answer = (asked: Asked) => Buffer | readonly Buffer[] | undefined

export interface NameServerUnderTest {
  /** `127.0.0.1:PORT`, UDP and TCP alike. */
  readonly address: string
  /** How often it was asked over each. */
  readonly asked: {udp: number; tcp: number}
  close(): Promise<void>
}

/** A name server whose every byte is the test's own. */
export async function startNameServer(answer: Answer, overTcp: Answer = answer): Promise<NameServerUnderTest> {
  const asked = {udp: 0, tcp: 0}
  const tcp = net.createServer(socket => {
    socket.on('error', () => undefined)
    socket.on('data', data => {
      asked.tcp += 1
      for (const message of messagesOf(overTcp(readQuestion(data.subarray(2))))) socket.write(withLength(message))
      socket.end()
    })
  })
  await new Promise<void>(resolve => tcp.listen(0, '127.0.0.1', resolve))
  const {port} = tcp.address() as AddressInfo
  const udp = dgram.createSocket('udp4')
  udp.on('message', (data, peer) => {
    asked.udp += 1
    for (const message of messagesOf(answer(readQuestion(data)))) udp.send(message, peer.port, peer.address)
  })
  await new Promise<void>(resolve => udp.bind(port, '127.0.0.1', resolve))
  return {
    address: `127.0.0.1:${port}`,
    asked,
    close: async () => {
      await new Promise<void>(resolve => udp.close(() => resolve()))
      await new Promise(resolve => tcp.close(resolve))
    },
  }
}

const messagesOf = (answer: ReturnType<Answer>): readonly Buffer[] =>
  answer === undefined ? [] : Buffer.isBuffer(answer) ? [answer] : answer

function withLength(message: Buffer): Buffer {
  const length = Buffer.alloc(2)
  length.writeUInt16BE(message.length)
  return Buffer.concat([length, message])
}

function readQuestion(data: Buffer): Asked {
  const labels: string[] = []
  let at = 12
  for (let length = data.readUInt8(at); length > 0; length = data.readUInt8(at)) {
    labels.push(data.toString('latin1', at + 1, at + 1 + length))
    at += 1 + length
  }
  return {
    id: data.readUInt16BE(0),
    name: labels.join('.'),
    type: data.readUInt16BE(at + 1),
    question: data.subarray(12, at + 5),
  }
}

/** An answer to what was asked; records are made with `record`. */
export function answerTo(
  {id, question}: Asked,
  records: readonly Buffer[],
  {rcode = 0, truncated = false}: {readonly rcode?: number; readonly truncated?: boolean} = {},
): Buffer {
  const header = Buffer.alloc(12)
  header.writeUInt16BE(id, 0)
  header.writeUInt16BE(0x8180 | (truncated ? 0x0200 : 0) | rcode, 2)
  header.writeUInt16BE(1, 4)
  header.writeUInt16BE(records.length, 6)
  return Buffer.concat([header, question, ...records])
}

/** One record; its name points at the question, as servers write it. */
export function record(type: number, ttl: number, data: Buffer, name: Buffer = Buffer.from([0xc0, 12])): Buffer {
  const head = Buffer.alloc(10)
  head.writeUInt16BE(type, 0)
  head.writeUInt16BE(1, 2)
  head.writeUInt32BE(ttl, 4)
  head.writeUInt16BE(data.length, 8)
  return Buffer.concat([name, head, data])
}

/** `mail.example.com` in labels, to its end. */
export const encodeName = (name: string): Buffer =>
  Buffer.concat([
    ...name.split('.').flatMap(label => [Buffer.from([label.length]), Buffer.from(label, 'latin1')]),
    Buffer.from([0]),
  ])
