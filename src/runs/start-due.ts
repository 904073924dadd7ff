import type {Records} from '../kinds/records.ts'
import {type PlacedSchedule, scheduleId} from '../schedules/config.ts'
import {begunAs, claimed, isMine} from '../schedules/decide.ts'
import {type Pending, recordFor, type ScheduleRecord} from '../schedules/record.ts'
import {type OnceContext, startOnce} from './start-once.ts'

export interface StartNews {
  readonly level: 'info' | 'warning'
  readonly event: 'run begun' | 'run ended' | 'run not begun' | 'schedule missed'
  readonly schedule?: string
  readonly alert?: string
  readonly environment: string
  readonly message: string
}

export type StarterContext = Omit<OnceContext, 'call'> & {
  readonly records: Records
  readonly tell: (news: StartNews) => void
}

type StartContext = StarterContext &
  OnceContext & {
    /** The name of this process among those that try. */
    readonly owner: string
  }

/**
 * Starts the run of a time that has come, through plan, gate, run, journal and trail. A time is taken by one process, and its
 * plan is written down before it is started: a plan can be started once, so a time is run once, whoever dies between.
 */
export async function startDue(
  context: StartContext,
  schedule: PlacedSchedule,
  pending: Pending,
  signal: AbortSignal,
): Promise<void> {
  const {owner, clock} = context
  const {environment, name, runbook, yes, confirm} = schedule
  await startOnce(
    context,
    {
      runbook,
      environment,
      params: schedule.params,
      yes,
      confirm,
      reason: reasonOf(schedule, pending),
      claim: () => {
        const mine = changeRecord(context, schedule, record => claimed(record, pending, owner, clock.now()))
        return isMine(mine, pending, owner) ? {plan: mine.pending?.plan} : undefined
      },
      planned: plan => {
        const kept = changeRecord(context, schedule, record =>
          isMine(record, pending, owner) ? {...record, pending: {...pending, ...record.pending, plan}} : record,
        )
        return isMine(kept, pending, owner)
      },
      begun: run => {
        changeRecord(context, schedule, record => begunAs(record, run, pending, clock.now()))
        const message = `run ${run} of ${runbook}: schedule ${name}`
        context.tell({level: 'info', event: 'run begun', schedule: name, environment, message})
      },
      failed: reason => giveBack(context, schedule, pending, reason),
    },
    signal,
  )
}

/** It is tried again with a new plan until its time to start is over. The same reason is told once. */
function giveBack(context: StartContext, schedule: PlacedSchedule, pending: Pending, reason: string): void {
  const kept = changeRecord(context, schedule, record =>
    isMine(record, pending, context.owner)
      ? {...record, pending: {...pending, ...record.pending, plan: undefined, reason}}
      : record,
  )
  if (kept.pending?.reason !== reason || pending.reason === reason) return
  const {environment, name} = schedule
  const message = `schedule ${name}: ${reason}`
  context.tell({level: 'warning', event: 'run not begun', schedule: name, environment, message})
}

/** Changes what is kept of a schedule, in one transaction. */
export const changeRecord = (
  {records, clock}: Pick<StarterContext, 'records' | 'clock'>,
  schedule: PlacedSchedule,
  next: (record: ScheduleRecord) => ScheduleRecord,
): ScheduleRecord =>
  records.change(scheduleId(schedule), before => {
    const record = next(recordFor(schedule, before, clock.now()))
    return {kept: record, result: record}
  })

function reasonOf({name, reason}: PlacedSchedule, {due}: Pending): string {
  const why = `schedule ${name}, due ${new Date(due).toISOString().slice(0, 19)}Z`
  return reason === undefined ? why : `${reason} (${why})`
}
