import {messageOf} from '../errors.ts'
import type {ScheduleConfig} from '../schedules/config.ts'
import type {CallContext, callProgram} from './call-program.ts'
import type {RunsContext} from './context.ts'
import {scheduleParams} from './schedule-params.ts'

export type OnceContext = CallContext &
  Pick<RunsContext, 'clock' | 'runs' | 'secret'> & {
    readonly call: typeof callProgram
  }

/** A run that an agent starts by itself, and what is kept of it. */
export interface OnceStart {
  readonly runbook: string
  readonly environment: string
  readonly params: ScheduleConfig['params']
  /** What was confirmed beforehand is given, and nothing else. */
  readonly yes: boolean
  readonly confirm: readonly string[]
  readonly reason: string
  /** Takes it for this process, with the plan that was made before; undefined: another has it, or nobody wants it any more. */
  claim(): {readonly plan?: string | undefined} | undefined
  /** Writes down which plan is started. False: another process took it meanwhile, and its plan counts. */
  planned(plan: string): boolean
  begun(run: string): void
  /** It did not begin. It may be tried again. */
  failed(reason: string): void
}

/** Longest wait for a plan, which reads facts, and for a run to begin. */
const BEGUN_WITHIN_MS = 120_000

/**
 * Starts it through plan, gate, run, journal and trail. One process takes it, and its plan is written down before it is
 * started: a plan can be started once, so it is run once, whoever dies between.
 */
export async function startOnce(context: OnceContext, start: OnceStart, signal: AbortSignal): Promise<void> {
  const mine = start.claim()
  if (mine === undefined) return
  const within = AbortSignal.any([signal, AbortSignal.timeout(BEGUN_WITHIN_MS)])
  const isBegun = (plan: string): boolean => context.runs().run(plan).exists()
  let {plan} = mine
  try {
    if (plan === undefined) {
      const input = JSON.stringify(await scheduleParams(start.params, context.secret))
      const made = await context.call<{run: string}>(context, planArguments(start), {signal: within, input})
      if (!start.planned(made.run)) return
      plan = made.run
    }
    if (!isBegun(plan)) {
      const input = JSON.stringify(await scheduleParams(start.params, context.secret, 'secret'))
      await context.call(context, runArguments(start, plan), {signal: within, input})
    }
  } catch (error) {
    // It may have begun all the same, or have been begun by another.
    if (plan === undefined || !isBegun(plan)) return start.failed(messageOf(error))
  }
  start.begun(plan)
}

const planArguments = ({runbook, environment}: OnceStart): readonly string[] => [
  'plan',
  runbook,
  '--env',
  environment,
  '--params',
  '-',
]

/** Gate, locks and trail are those of any run. */
const runArguments = ({environment, reason, yes, confirm}: OnceStart, plan: string): readonly string[] => [
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
