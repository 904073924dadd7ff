import {freezeHere} from '../../admission/freezes/in-force.ts'
import type {Command, CommandInput, FlagSpec} from '../command.ts'
import {readParameters} from '../run/parameters.ts'
import {planText} from '../../runbooks/plan-text.ts'

/** How parameters are given, for `plan` and `run` alike. */
export const parameterFlags = {
  param: {
    type: 'string',
    short: 'p',
    multiple: true,
    value: 'K=V',
    completes: 'parameter',
    description: 'A parameter; may be given several times',
  },
  params: {type: 'string', value: 'FILE', description: 'Parameters from a YAML or JSON file; - is standard input'},
} as const satisfies Record<string, FlagSpec>

/** For `plan` and `run`: what an earlier run left. */
export const retryFlag = {
  retry: {
    type: 'string',
    value: 'RUN',
    completes: 'run',
    description: 'Only for hosts that this ended run failed on or did not start, with its parameters',
  },
} as const satisfies Record<string, FlagSpec>

/** Which run that is. */
export const retryOf = (flags: CommandInput['flags']): {readonly retry?: string} =>
  typeof flags['retry'] === 'string' ? {retry: flags['retry']} : {}

export const command: Command = {
  name: 'plan',
  summary: 'Show what a runbook would do now, without doing anything',
  help: 'The plan is frozen and kept for a day: `opsconsole run --plan ID` starts exactly what was shown, or refuses when the world has changed since.',
  arguments: [{name: 'runbook', required: true, completes: 'runbook', description: 'Name of the runbook'}],
  flags: {...parameterFlags, ...retryFlag},
  run: async ({args, flags}, context) => {
    const params = await readParameters(flags, context.env)
    const plan = await context
      .engine()
      .plan(
        {runbook: args[0] as string, environment: context.environmentName, params, ...retryOf(flags)},
        context.signal,
      )
    const {freezes} = context.config()
    const freeze = plan.danger === 'safe' ? undefined : freezeHere(freezes, plan.environment, context.clock.now())
    const words = freeze === undefined ? '' : `\n\n${freeze}: it does not start without --override-freeze REASON`
    return {data: {...plan, ...(freeze === undefined ? {} : {freeze})}, text: `${planText(plan)}${words}`}
  },
}
