import {createHash, timingSafeEqual} from 'node:crypto'
import type {ResolveSecret} from '../config/fields.ts'
import type {Records} from '../kinds/records.ts'
import {plainAnswer, type Route, type RouteAnswer, RouteRefusal} from '../monitors/route.ts'
import {escapeLine} from '../text/escape.ts'
import type {Clock} from '../units/clock.ts'
import {heartbeatId, type PlacedHeartbeat} from './config.ts'
import {afterBeat, type Beat, type HeartbeatRecord} from './record.ts'

export interface ReceiveTools {
  readonly heartbeats: () => readonly PlacedHeartbeat[]
  readonly records: Records
  readonly secret: ResolveSecret
  readonly clock: Clock
  /** Takes secrets out of what a job says. */
  readonly clean: (text: string) => string
}

/** A shorter one could be guessed: nobody has it. */
const SHORTEST_TOKEN = 16
const BODY_LIMIT = 10_000
const MESSAGE_LIMIT = 200
/** A job that reports more often has lost its mind, and each report is a write to the disk. */
const MOST_A_MINUTE = 120

/** Keeps a sign of life; durable when it returns. */
export function keepBeat(records: Records, heartbeat: PlacedHeartbeat, beat: Beat, now: number): HeartbeatRecord {
  const message = beat.message === undefined ? undefined : escapeLine(beat.message, MESSAGE_LIMIT)
  return records.change(heartbeatId(heartbeat), before => {
    const kept = afterBeat(before as HeartbeatRecord | undefined, {...beat, message: message || undefined}, now)
    return {kept, result: kept}
  })
}

/**
 * `/heartbeat/TOKEN`, with `/start`, `/fail` or an exit code after it; the token may be in `Authorization: Bearer` instead.
 * GET, HEAD and POST do the same; the beginning of a body is kept as what the job said.
 */
export function heartbeatRoute(tools: ReceiveTools): Route {
  const counts = new Map<string, {readonly minute: number; readonly count: number}>()
  const isTooOften = (id: string): boolean => {
    const minute = Math.floor(tools.clock.now() / 60_000)
    const known = counts.get(id)
    const count = known?.minute === minute ? known.count + 1 : 1
    counts.set(id, {minute, count})
    return count > MOST_A_MINUTE
  }
  return {
    path: '/heartbeat/',
    methods: ['GET', 'POST'],
    bodyLimit: BODY_LIMIT,
    answer: async ({rest, headers, body}): Promise<RouteAnswer> => {
      const bearer = /^Bearer (\S+)$/i.exec(headers.authorization ?? '')?.[1]
      const parts = rest.split('/').filter(part => part !== '')
      const token = bearer ?? decoded(parts.shift())
      const beat = beatOf(parts)
      if (beat === undefined)
        return plainAnswer(400, 'after the token comes nothing, start, fail, or an exit code of 0 to 255')
      const heartbeat = await heartbeatOf(token, tools)
      if (heartbeat === undefined) return plainAnswer(404, 'no heartbeat has this token')
      if (isTooOften(heartbeatId(heartbeat))) throw new RouteRefusal(429, `more than ${MOST_A_MINUTE} reports a minute`)
      const message = tools.clean((await body()).toString('utf8').slice(0, 4 * MESSAGE_LIMIT)).trim()
      keepBeat(tools.records, heartbeat, {...beat, message}, tools.clock.now())
      return plainAnswer(200, 'OK')
    },
  }
}

function decoded(text: string | undefined): string {
  try {
    return decodeURIComponent(text ?? '')
  } catch {
    return ''
  }
}

function beatOf([word, ...more]: readonly string[]): Beat | undefined {
  if (more.length > 0) return undefined
  if (word === undefined) return {says: 'success'}
  if (word === 'start') return {says: 'start'}
  if (word === 'fail') return {says: 'failure'}
  const exitCode = /^\d{1,3}$/.test(word) ? Number(word) : 256
  return exitCode > 255 ? undefined : {says: exitCode === 0 ? 'success' : 'failure', exitCode}
}

const digest = (text: string): Buffer => createHash('sha256').update(text).digest()

/** All are compared, each in the same time: how long it takes says nothing about any token. */
async function heartbeatOf(token: string, {heartbeats, secret}: ReceiveTools): Promise<PlacedHeartbeat | undefined> {
  const given = digest(token)
  let found: PlacedHeartbeat | undefined
  for (const heartbeat of heartbeats()) {
    if (heartbeat.token === undefined) continue
    const known = await secret(heartbeat.token).catch(() => '')
    if (timingSafeEqual(digest(known), given) && known.length >= SHORTEST_TOKEN) found ??= heartbeat
  }
  return found
}
