import {messageOf} from '../errors.ts'
import type {Records} from '../kinds/records.ts'
import {type PlacedSchedule, scheduleId} from '../schedules/config.ts'
import {begunAs, claimed, isMine} from '../schedules/decide.ts'
import {type Pending, recordFor, type ScheduleRecord} from '../schedules/record.ts'
import type {CallContext, callProgram} from './call-program.ts'
import type {RunsContext} from './context.ts'
import {scheduleParams} from './schedule-params.ts'

export interface ScheduleNews {
  readonly level: 'info' | 'warning'
  readonly event: 'run begun' | 'run not begun' | 'schedule missed'
  readonly schedule: string
  readonly environment: string
  readonly message: string
}

export type StarterContext = CallContext &
  Pick<RunsContext, 'clock' | 'runs' | 'secret'> & {
    readonly records: Records
    readonly tell: (news: ScheduleNews) => void
  }

type StartContext = StarterContext & {
  readonly call: typeof callProgram
  /** The name of this process among those that try. */
  readonly owner: string
}

/** Longest wait for a plan, which reads facts, and for a run to begin. */
const BEGUN_WITHIN_MS = 120_000

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
  const mine = changeRecord(context, schedule, record => claimed(record, pending, owner, clock.now()))
  if (!isMine(mine, pending, owner)) return
  const within = AbortSignal.any([signal, AbortSignal.timeout(BEGUN_WITHIN_MS)])
  const isBegun = (plan: string): boolean => context.runs().run(plan).exists()
  let plan = mine.pending?.plan
  try {
    plan ??= await makePlan(context, schedule, pending, within)
    if (plan === undefined) return
    if (!isBegun(plan)) {
      const input = JSON.stringify(await scheduleParams(schedule.params, context.secret, 'secret'))
      await context.call(context, runArguments(schedule, plan, pending), {signal: within, input})
    }
  } catch (error) {
    // It may have begun all the same, or have been begun by another.
    if (plan === undefined || !isBegun(plan)) return giveBack(context, schedule, pending, messageOf(error))
  }
  const run = plan
  changeRecord(context, schedule, record => begunAs(record, run, pending, clock.now()))
  const {environment, name, runbook} = schedule
  const message = `run ${run} of ${runbook}: schedule ${name}`
  context.tell({level: 'info', event: 'run begun', schedule: name, environment, message})
}

/** Undefined: another process has taken the time meanwhile, and its plan counts. */
async function makePlan(
  context: StartContext,
  schedule: PlacedSchedule,
  pending: Pending,
  signal: AbortSignal,
): Promise<string | undefined> {
  const input = JSON.stringify(await scheduleParams(schedule.params, context.secret))
  const {run: plan} = await context.call<{run: string}>(context, planArguments(schedule), {signal, input})
  const kept = changeRecord(context, schedule, record =>
    isMine(record, pending, context.owner) ? {...record, pending: {...pending, ...record.pending, plan}} : record,
  )
  return isMine(kept, pending, context.owner) ? plan : undefined
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

const planArguments = ({runbook, environment}: PlacedSchedule): readonly string[] => [
  'plan',
  runbook,
  '--env',
  environment,
  '--params',
  '-',
]

/** What the schedule confirms beforehand is given, and nothing else: gate, locks and trail are those of any run. */
function runArguments(schedule: PlacedSchedule, plan: string, {due}: Pending): readonly string[] {
  const {environment, name, yes, confirm} = schedule
  const why = `schedule ${name}, due ${new Date(due).toISOString().slice(0, 19)}Z`
  const reason = schedule.reason === undefined ? why : `${schedule.reason} (${why})`
  return [
    'run',
    '--plan',
    plan,
    '--env',
    environment,
    '--params',
    '-',
    '--detach',
    '--reason',
    reason,
    ...(yes ? ['--yes'] : []),
    ...confirm.flatMap(text => ['--confirm', text]),
  ]
}
