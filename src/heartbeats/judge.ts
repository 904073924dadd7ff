import type {Found} from '../connections/attempt.ts'
import {nextDue, parseCron} from '../units/cron.ts'
import {formatDuration} from '../units/duration.ts'
import {formatMoment} from '../units/moment.ts'
import type {PlacedHeartbeat} from './config.ts'
import type {HeartbeatRecord} from './record.ts'

type Timed = Pick<PlacedHeartbeat, 'cron' | 'every' | 'zone' | 'grace' | 'endWithin' | 'send'>

/** When the next sign of life is expected after the last one. */
export function expectedAt({cron, every, zone}: Timed, after: number): number | undefined {
  const parsed = cron === undefined ? undefined : parseCron(cron)
  if (parsed) return nextDue(parsed, zone, {after, count: 1})[0]
  return every === undefined ? undefined : after + every
}

/** How a heartbeat is, by what is kept of it. */
export function judgeHeartbeat(heartbeat: Timed, record: HeartbeatRecord | undefined, now: number): Found {
  const {last, startedAt, succeededAt} = record ?? {}
  const values = {
    ...(succeededAt === undefined ? {} : {sinceSuccessMs: Math.max(0, now - succeededAt)}),
    ...(last?.tookMs === undefined ? {} : {tookMs: last.tookMs}),
    failed: last?.ok === false ? 1 : 0,
  }
  const found = (status: Found['status'], reason: string): Found => ({status, reason, values, latencyMs: 0})
  const what = heartbeat.send === undefined ? 'heard' : 'sent'
  if (record === undefined)
    return found(
      'degraded',
      heartbeat.send === undefined ? 'nobody expects it yet: no agent runs' : 'no agent sends it yet',
    )
  if (startedAt !== undefined && heartbeat.endWithin !== undefined && now > startedAt + heartbeat.endWithin) {
    const ago = formatDuration(now - startedAt)
    return found(
      'down',
      `it began ${ago} ago and did not say that it ended; ${formatDuration(heartbeat.endWithin)} are expected`,
    )
  }
  // A start is a sign of life as well: what it is about to say is not missing while it may still run.
  const heardAt = Math.max(record.since, last?.at ?? 0, startedAt ?? 0)
  const expected = expectedAt(heartbeat, heardAt)
  const late = expected !== undefined && now > expected
  if (late && now > expected + heartbeat.grace) {
    const lastWords = last === undefined ? `never ${what}` : `last ${what} ${formatMoment(last.at, now)}`
    return found('down', `missing: expected ${formatMoment(expected, now)}, ${lastWords}`)
  }
  if (last?.ok === false) {
    const code = last.exitCode === undefined ? '' : ` with exit code ${last.exitCode}`
    const words = last.message === undefined ? '' : `: ${last.message}`
    return found('down', `failed ${formatMoment(last.at, now)}${code}${words}`)
  }
  if (late) return found('degraded', `late: expected ${formatMoment(expected, now)}`)
  if (startedAt !== undefined) return found('up', `runs for ${formatDuration(now - startedAt)}`)
  const next = expected === undefined ? '' : `, next by ${formatMoment(expected + heartbeat.grace, now)}`
  return found('up', last === undefined ? `not ${what} yet${next}` : `${what} ${formatMoment(last.at, now)}${next}`)
}
