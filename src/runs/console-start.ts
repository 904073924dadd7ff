import {printOf} from '../config/current.ts'
import type {Plan} from '../runbooks/plan.ts'
import {type CallContext, type CalledProgram, callProgram, openProgram} from './call-program.ts'
import {hasChanged} from './load-planned.ts'
import {startFlags} from './start-flags.ts'
import {orderText, type StartOrder} from './start-order.ts'

interface Started {
  readonly run: string
}

type ConsoleContext = CallContext & {readonly options: {readonly overrideFreeze?: string | undefined}}

/** How a console starts runs: always by `run --plan`, in a process of its own. */
export interface ConsoleStarter {
  /** The start of this plan is asked for: a process gets ready for it. Undefined: of none any more. */
  standBy(plan: Plan | undefined): void
  /** Resolves with the run once it is recorded. */
  start(plan: Plan, order: StartOrder): Promise<string>
}

/** Undefined: it was killed before it said anything. Then a plan is for one run, and the usual start finds out whether that began. */
async function answered(called: CalledProgram<Started>): Promise<Started | undefined> {
  try {
    return await called.answer
  } catch (error) {
    if (called.wasKilled()) return undefined
    throw error
  }
}

/**
 * While somebody reads the question, `run --plan --stand-by` loads all that it will need, and its runner too. It records, locks
 * and changes nothing before its order comes, and ends when none does. One that got ready for another configuration or
 * another text of the runbook is never used: then the start is the usual one.
 */
export function openConsoleStarter(context: ConsoleContext): ConsoleStarter {
  let standing: {readonly plan: Plan; readonly print: string; readonly called: CalledProgram<Started>} | undefined
  const print = (): string => printOf(context.config().file)
  const argsOf = (plan: Plan): readonly string[] => [
    'run',
    '--plan',
    plan.run,
    '--detach',
    '--console',
    '--env',
    plan.environment,
  ]
  const leave = (): void => {
    standing?.called.send('')
    standing = undefined
  }
  const take = (plan: Plan): CalledProgram<Started> | undefined => {
    if (standing === undefined || standing.plan.run !== plan.run) return undefined
    const {called, print: before} = standing
    if (called.hasEnded() || before !== print() || (plan.files ?? []).some(hasChanged)) return undefined
    standing = undefined
    return called
  }
  const freeze = {typed: undefined, dryRun: false, overrideFreeze: context.options.overrideFreeze}
  return {
    standBy: plan => {
      if (standing?.plan.run === plan?.run) return
      leave()
      if (plan === undefined) return
      const before = print()
      const called = openProgram<Started>(context, [...argsOf(plan), '--stand-by', ...startFlags(freeze)])
      // What is the matter with it, the usual start will say.
      called.answer.catch(() => {})
      standing = {plan, print: before, called}
    },
    start: async (plan, order) => {
      const ready = take(plan)
      if (ready !== undefined) {
        ready.send(orderText(order))
        const started = await answered(ready)
        if (started !== undefined) return started.run
      }
      leave()
      const said = startFlags({...order, overrideFreeze: context.options.overrideFreeze})
      const args = [...argsOf(plan), '--reason', order.reason, ...said, '--params', '-']
      return (await callProgram<Started>(context, args, {input: order.params})).run
    },
  }
}
