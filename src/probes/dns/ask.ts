import {randomInt} from 'node:crypto'
import net from 'node:net'
import {untilAborted} from '../../units/until-aborted.ts'
import {decodeAnswer, type DnsAnswer, encodeQuestion} from './message.ts'
import type {RecordType} from './schema.ts'
import type {NameServer} from './servers.ts'

/** A datagram may be lost: it is sent again after this, and again. */
const RESEND_MS = 500
/** What TCP can carry. */
const LONGEST = 65_535

export interface Question {
  readonly name: string
  readonly type: RecordType
}

/** Asks one server over UDP, and over TCP when the answer does not fit. Rejects when there is none in time. */
export async function askServer(server: NameServer, {name, type}: Question, signal: AbortSignal): Promise<DnsAnswer> {
  const question = encodeQuestion(randomInt(0x1_0000), name, type)
  const answer = await askDatagram(server, question, type, signal)
  return answer.truncated ? askStream(server, question, type, signal) : answer
}

/** The socket is connected, so that only this server is heard, and a port where nobody listens is known at once. */
async function askDatagram(
  {address, port}: NameServer,
  question: Buffer,
  type: RecordType,
  signal: AbortSignal,
): Promise<DnsAnswer> {
  const socket = process.getBuiltinModule('node:dgram').createSocket(net.isIP(address) === 6 ? 'udp6' : 'udp4')
  let again: NodeJS.Timeout | undefined
  const answered = new Promise<DnsAnswer>((resolve, reject) => {
    socket.on('error', reject)
    socket.on('message', message => {
      try {
        const answer = decodeAnswer(message, question, type)
        if (answer) resolve(answer)
      } catch {
        reject(new Error('the answer cannot be read'))
      }
    })
    socket.connect(port, address, () => {
      const send = (): void => socket.send(question)
      send()
      again = setInterval(send, RESEND_MS)
    })
  })
  try {
    return await untilAborted(signal, answered, () => undefined)
  } finally {
    clearInterval(again)
    socket.close()
  }
}

/** Over TCP a message follows its length. */
async function askStream(
  {address, port}: NameServer,
  question: Buffer,
  type: RecordType,
  signal: AbortSignal,
): Promise<DnsAnswer> {
  const socket = net.connect({host: address, port})
  const length = Buffer.alloc(2)
  length.writeUInt16BE(question.length)
  const answered = new Promise<DnsAnswer>((resolve, reject) => {
    let received = Buffer.alloc(0)
    socket.on('error', reject)
    socket.on('connect', () => socket.write(Buffer.concat([length, question])))
    socket.on('close', () => reject(new Error('closed before its long answer was complete')))
    socket.on('data', part => {
      received = Buffer.concat([received, part])
      if (received.length < 2 || received.length < 2 + received.readUInt16BE(0)) {
        if (received.length > 2 + LONGEST) reject(new Error('the answer cannot be read'))
        return
      }
      try {
        const answer = decodeAnswer(received.subarray(2, 2 + received.readUInt16BE(0)), question, type)
        if (answer) resolve(answer)
        else reject(new Error('the answer is to another question'))
      } catch {
        reject(new Error('the answer cannot be read'))
      }
    })
  })
  try {
    return await untilAborted(signal, answered, () => undefined)
  } finally {
    socket.destroy()
  }
}
