import {createHash} from 'node:crypto'
import type {Channel, Notification} from '../alerts/channels/channel.ts'
import {LONGEST_RETRY_MS, RETRY_MS} from '../alerts/channels/fields.ts'
import type {NotificationCounts} from '../alerts/notification-counts.ts'
import type {RunNotice} from '../alerts/runs/config.ts'
import type {Undelivered} from '../alerts/letters.ts'
import {messageOf} from '../errors.ts'
import type {Records} from '../kinds/records.ts'
import type {RunRow} from '../runbooks/rows.ts'
import type {Clock} from '../units/clock.ts'
import {channelsFor, newsOfRun, runNotification, type RunEventNews} from './run-news.ts'

export interface TellerTools {
  readonly notices: () => readonly RunNotice[]
  readonly channels: () => readonly Channel[]
  /** The newest runs, newest first. */
  readonly rows: () => readonly RunRow[]
  /** The id of the question that a run waits with. */
  readonly prompt: (run: string) => string | undefined
  readonly records: Records
  readonly clock: Clock
  /** Gets what could not be delivered, for the log. */
  readonly failed: (message: string) => void
  /** Gets what is given up, so that somebody can send it all the same. */
  readonly givenUp: (letter: Undelivered) => void
  /** Counted with the notifications of alerts. */
  readonly counts: Pick<NotificationCounts, 'add'>
}

/** What was told of runs, kept so that a restart tells nothing twice. */
interface Told {
  /** Runs that began before are nobody's news. */
  readonly since: number
  readonly runs: Readonly<Record<string, readonly string[]>>
}

interface Attempt {
  readonly tries: number
  readonly nextAt: number
}

const KEPT = 'run-notifications'
const GIVE_UP_MS = 2 * 3_600_000
const RUNS_REMEMBERED = 200

/** Tells channels what becomes of runs: each once, tried again like an alert until it is taken, for two hours. */
export function openRunTeller(tools: TellerTools): {tend(signal: AbortSignal): void; idle(): Promise<void>} {
  const {records, clock} = tools
  const busy = new Map<string, Promise<void>>()
  const attempts = new Map<string, Attempt & {readonly begunAt: number}>()
  const change = (next: (told: Told) => Told): Told =>
    records.change(KEPT, before => {
      const told = next((before as Told | undefined) ?? {since: clock.now(), runs: {}})
      return {kept: told, result: told}
    })
  const mark = (run: string, what: string): void => {
    attempts.delete(`${run} ${what}`)
    change(({since, runs}) => {
      const kept = Object.entries({...runs, [run]: [...(runs[run] ?? []), what]})
      return {since, runs: Object.fromEntries(kept.slice(-RUNS_REMEMBERED))}
    })
  }
  type Deliver = (row: RunRow, event: RunEventNews, channel: Channel, signal: AbortSignal) => Promise<void>
  const deliver: Deliver = async (row, {key, news}, channel, signal) => {
    const name = `${channel.name} ${key}`
    const id = `${row.id} ${name}`
    const {tries, begunAt} = attempts.get(id) ?? {tries: 0, begunAt: clock.monotonic()}
    try {
      const within = AbortSignal.any([signal, AbortSignal.timeout(channel.timeoutMs)])
      await channel.deliver({...runNotification(row, news, clock.now()), key: keyOf(id)}, within)
      tools.counts.add(channel.name, 'sent', `run ${news}`)
      mark(row.id, name)
    } catch (error) {
      if (signal.aborted) return
      const now = clock.monotonic()
      const isOver = now - begunAt > GIVE_UP_MS
      tools.counts.add(channel.name, 'failed', 'attempt failed')
      if (tries === 0 || isOver)
        tools.failed(
          `${channel.name} was not told of run ${row.id}${isOver ? ', and will not be' : ''}: ${messageOf(error)}`,
        )
      if (isOver) {
        giveUp(tools, channel.name, runNotification(row, news, clock.now()), messageOf(error))
        return mark(row.id, name)
      }
      attempts.set(id, {tries: tries + 1, begunAt, nextAt: now + (RETRY_MS[tries] ?? LONGEST_RETRY_MS)})
    }
  }
  return {
    tend(signal) {
      const notices = tools.notices()
      if (notices.length === 0) return
      const told = (records.read(KEPT) as Told | undefined) ?? change(same => same)
      const channels = tools.channels()
      for (const row of tools.rows()) {
        const event = newsOfRun(row, row.state === 'waiting' ? tools.prompt(row.id) : undefined)
        if (event === undefined || row.startedAt < told.since) continue
        const wanted = channelsFor(notices, row, event.news)
        const {severity} = runNotification(row, event.news, 0)
        for (const channel of channels) {
          const name = `${channel.name} ${event.key}`
          const id = `${row.id} ${name}`
          if (!wanted.has(channel.name) || !channel.severities.includes(severity) || busy.has(id)) continue
          if (told.runs[row.id]?.includes(name) || clock.monotonic() < (attempts.get(id)?.nextAt ?? 0)) continue
          busy.set(
            id,
            deliver(row, event, channel, signal).finally(() => busy.delete(id)),
          )
        }
      }
    },
    idle: async () => void (await Promise.all(busy.values())),
  }
}

/** The same however often it is sent: a receiver that knows it tells nobody twice. */
const keyOf = (id: string): string => createHash('sha256').update(`run ${id}`).digest('hex').slice(0, 32)

function giveUp(
  {counts, givenUp, clock}: Pick<TellerTools, 'counts' | 'givenUp' | 'clock'>,
  channel: string,
  notification: Notification,
  why: string,
): void {
  counts.add(channel, 'given up', 'too old')
  givenUp({id: notification.id, channel, environment: notification.environment, at: clock.now(), why, notification})
}
