import {randomUUID} from 'node:crypto'
import {messageOf} from '../errors.ts'
import {type PlacedSchedule, scheduleId} from '../schedules/config.ts'
import {decide, withOutcome} from '../schedules/decide.ts'
import {type Missed, recordFor, type ScheduleRecord} from '../schedules/record.ts'
import {formatMoment} from '../units/moment.ts'
import {callProgram} from './call-program.ts'
import {createReader} from './read.ts'
import {runOutcome} from './run-outcome.ts'
import {changeRecord, type StarterContext, startDue} from './start-due.ts'

/** What an agent starts by itself because its time has come. */
export interface ScheduleStarter {
  /** Looks at every schedule, and begins in the background what is due. Nothing waits for it. */
  tend(signal: AbortSignal): void
  /** Resolves when no start is under way. */
  idle(): Promise<void>
}

export function openScheduleStarter(context: StarterContext, call: typeof callProgram = callProgram): ScheduleStarter {
  const owner = randomUUID()
  const busy = new Map<string, Promise<void>>()
  const reader = createReader(context)

  /** What is known of its last run, as far as that has not ended. */
  const follow = (record: ScheduleRecord): ScheduleRecord => {
    if (record.last === undefined || record.last.ended !== undefined) return record
    return withOutcome(record, runOutcome(reader, record.last.run, context.clock.now()))
  }

  const look = (schedule: PlacedSchedule, signal: AbortSignal): void => {
    const id = scheduleId(schedule)
    if (busy.has(id)) return
    const now = context.clock.now()
    const before = context.records.read(id)
    const verdict = decide(schedule, follow(recordFor(schedule, before, now)), now)
    // Most looks change nothing, and write nothing.
    if (JSON.stringify(verdict.record) !== JSON.stringify(before)) {
      if (isOnlyPassing(before, verdict.record)) return
      changeRecord(context, schedule, record => decide(schedule, follow(record), now).record)
    }
    if (verdict.missed !== undefined) context.tell(missedNews(schedule, verdict.missed, now))
    if (verdict.start === undefined || signal.aborted) return
    const starting = startDue({...context, call, owner}, schedule, verdict.start, signal)
    const {environment, name} = schedule
    const tell = (error: unknown): void =>
      context.tell({
        level: 'warning',
        event: 'run not begun',
        schedule: name,
        environment,
        message: `schedule ${name}: ${messageOf(error)}`,
      })
    busy.set(
      id,
      starting.catch(tell).finally(() => busy.delete(id)),
    )
  }

  return {
    tend(signal) {
      for (const schedule of context.config().schedules) if (!signal.aborted) look(schedule, signal)
    },
    idle: async () => void (await Promise.all(busy.values())),
  }
}

const missedNews = ({name, environment}: PlacedSchedule, {count, due, reason}: Missed, now: number) => ({
  level: 'warning' as const,
  event: 'schedule missed' as const,
  schedule: name,
  environment,
  message: `schedule ${name} ${count === 1 ? 'missed' : `missed ${count} times, the last`} ${formatMoment(due, now)}: ${reason}`,
})

/** A schedule that is paused or off passes every moment: that need not be written down each second. */
const PASSING_MS = 60_000
function isOnlyPassing(before: unknown, next: ScheduleRecord): boolean {
  const known = before as ScheduleRecord | undefined
  if (known === undefined || next.settledUntil - known.settledUntil >= PASSING_MS) return false
  return JSON.stringify({...known, settledUntil: 0}) === JSON.stringify({...next, settledUntil: 0})
}
