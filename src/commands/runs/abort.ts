import type {Command} from '../command.ts'
import {parameterFlags} from '../plan/make.ts'
import {secretParameters} from '../run/parameters.ts'

export const command: Command = {
  name: 'runs abort',
  summary: 'Stop a run: its commands are ended, what it did is undone in reverse order',
  arguments: [{name: 'run', required: true, completes: 'run', description: 'Run id'}],
  flags: {reason: {type: 'string', value: 'TEXT', description: 'Why; kept in the audit trail'}, ...parameterFlags},
  changes: true,
  wayBack: () => true,
  run: async ({args, flags}, context) => {
    const run = args[0] as string
    const reason = String(flags['reason'] ?? '')
    const engine = context.engine()
    // Nobody is there to be asked: whoever aborts it undoes it.
    if (engine.state(run).lost) {
      const secrets = await secretParameters(flags, context.env)
      await engine.resume({run, override: undefined, unattended: false, abandon: reason, secrets})
      return {
        data: {run},
        text: `the runner of ${run} is gone, so it is undone now; watch it with \`opsconsole runs attach ${run}\``,
      }
    }
    await engine.abort(run, reason, 'command')
    return {data: {run}, text: `asked ${run} to stop; watch it with \`opsconsole runs attach ${run}\``}
  },
}
