import net from 'node:net'
import {attemptProbe} from '../../connections/attempt.ts'
import type {Found} from '../../connections/attempt.ts'
import {lookUpUntil} from '../../connections/shared-lookup.ts'
import {escapeLine} from '../../text/escape.ts'
import type {Matcher} from '../../text/matcher.ts'
import {untilAborted} from '../../units/until-aborted.ts'
import type {Probe, ProbeTools} from '../probe.ts'
import type {TcpProbeSpec} from './schema.ts'

/** Of the answer; a server that talks on without matching is not what was expected. */
const ANSWER_LIMIT = 64 * 1024

/** Connects; with `send` or `expect`, also talks. A new connection at every probe: that is what is tested. */
export const openTcpProbe = (spec: TcpProbeSpec, {clock, matcher}: ProbeTools): Probe => ({
  run: signal =>
    attemptProbe(clock, signal, async () => {
      const socket = net.connect({host: spec.host, port: spec.port, lookup: lookUpUntil(() => signal.aborted)})
      try {
        return await untilAborted(signal, converse(socket, spec, matcher), () => socket.destroy())
      } finally {
        socket.destroy()
      }
    }),
})

function converse(socket: net.Socket, spec: TcpProbeSpec, matcher: Pick<Matcher, 'match'>): Promise<Found> {
  return new Promise((resolve, reject) => {
    const {expect} = spec
    let [answer, ended, waiting] = ['', false, false]
    let judging = Promise.resolve()
    const judge = async (pattern: string): Promise<void> => {
      waiting = false
      const match = await matcher.match(pattern, answer)
      if (match === 'yes') resolve({status: 'up', reason: `answered ${quote(answer)}`})
      else if (match !== 'no') resolve({status: 'degraded', reason: `answer not judged: ${match.unknown}`})
      else if (ended || answer.length > ANSWER_LIMIT) resolve(unexpected(answer, pattern))
    }
    /** All that has come until then is judged at once. */
    const judgeNext = (): void => {
      if (expect === undefined || waiting) return
      waiting = true
      judging = judging.then(() => judge(expect)).catch(reject)
    }
    socket.setEncoding('utf8')
    socket.on('error', reject)
    socket.on('connect', () => {
      if (spec.send !== undefined) socket.write(spec.send)
      if (expect === undefined) resolve({status: 'up', reason: 'connected'})
    })
    socket.on('data', (text: string) => {
      answer += text
      judgeNext()
    })
    socket.on('close', () => {
      ended = true
      judgeNext()
    })
  })
}

function unexpected(answer: string, pattern: string): Found {
  const wanted = `/${escapeLine(pattern, 100)}/`
  return {
    status: 'down',
    reason: answer === '' ? `closed without an answer` : `answer ${quote(answer)} does not match ${wanted}`,
  }
}

const quote = (answer: string): string => JSON.stringify(escapeLine(answer.split('\n', 1)[0]?.trimEnd() ?? '', 80))
