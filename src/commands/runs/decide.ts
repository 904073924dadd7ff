import {OpsError} from '../../errors.ts'
import {openDecisions} from '../../runbooks/decisions.ts'
import type {Command} from '../command.ts'

export const command: Command = {
  name: 'runs decide',
  summary: 'Decide something of the step that runs, such as hold or promote of a canary',
  help: `What a step takes, and what each leads to, is in its plan and in \`runs show\`. It goes through the gate, into the
trail and into the journal before the step sees it.`,
  arguments: [
    {name: 'run', required: true, completes: 'run', description: 'Run id'},
    {name: 'choice', required: true, description: 'One of those that the step takes: hold, go-on, promote'},
  ],
  flags: {reason: {type: 'string', value: 'TEXT', description: 'Why; kept in the audit trail'}},
  changes: true,
  run: async ({args, flags}, context) => {
    const [run, choice] = args as [string, string]
    const state = context.engine().state(run)
    const step = state.current ?? ''
    if (openDecisions(state).length === 0)
      throw new OpsError('run/refused', `nothing can be decided of run ${run} now`, {
        hint: `See \`opsconsole runs show ${run}\`.`,
      })
    await context.engine().decide(run, {step, choice, reason: String(flags['reason'] ?? ''), via: 'command'})
    return {data: {run, step, choice}, text: `decided ${choice}; watch it with \`opsconsole runs attach ${run}\``}
  },
}
