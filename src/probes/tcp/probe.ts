import net from 'node:net'
import {attemptProbe} from '../../connections/attempt.ts'
import type {Found} from '../../connections/attempt.ts'
import {escapeLine} from '../../text/escape.ts'
import {untilAborted} from '../../units/until-aborted.ts'
import type {Probe, ProbeTools} from '../probe.ts'
import type {TcpProbeSpec} from './schema.ts'

/** Of the answer; a server that talks on without matching is not what was expected. */
const ANSWER_LIMIT = 64 * 1024

/** Connects; with `send` or `expect`, also talks. A new connection at every probe: that is what is tested. */
export const openTcpProbe = (spec: TcpProbeSpec, {clock}: ProbeTools): Probe => ({
  run: signal =>
    attemptProbe(clock, signal, async () => {
      const socket = net.connect({host: spec.host, port: spec.port})
      try {
        return await untilAborted(signal, converse(socket, spec), () => socket.destroy())
      } finally {
        socket.destroy()
      }
    }),
})

function converse(socket: net.Socket, spec: TcpProbeSpec): Promise<Found> {
  return new Promise((resolve, reject) => {
    const pattern = spec.expect === undefined ? undefined : new RegExp(spec.expect)
    let answer = ''
    socket.setEncoding('utf8')
    socket.on('error', reject)
    socket.on('connect', () => {
      if (spec.send !== undefined) socket.write(spec.send)
      if (pattern === undefined) resolve({status: 'up', reason: 'connected'})
    })
    socket.on('data', (text: string) => {
      answer += text
      if (pattern?.test(answer)) resolve({status: 'up', reason: `answered ${quote(answer)}`})
      else if (answer.length > ANSWER_LIMIT) resolve(unexpected(answer, pattern))
    })
    socket.on('close', () => resolve(unexpected(answer, pattern)))
  })
}

function unexpected(answer: string, pattern: RegExp | undefined): Found {
  const wanted = escapeLine(String(pattern), 100)
  return {
    status: 'down',
    reason: answer === '' ? `closed without an answer` : `answer ${quote(answer)} does not match ${wanted}`,
  }
}

const quote = (answer: string): string => JSON.stringify(escapeLine(answer.split('\n', 1)[0]?.trimEnd() ?? '', 80))
