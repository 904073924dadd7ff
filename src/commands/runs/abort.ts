import type {Command} from '../command.ts'

export const command: Command = {
  name: 'runs abort',
  summary: 'Stop a run: its commands are ended, what it did is undone in reverse order',
  arguments: [{name: 'run', required: true, completes: 'run', description: 'Run id'}],
  flags: {reason: {type: 'string', value: 'TEXT', description: 'Why; kept in the audit trail'}},
  changes: true,
  wayBack: () => true,
  run: async ({args, flags}, context) => {
    const run = args[0] as string
    await context.engine().abort(run, String(flags['reason'] ?? ''), 'command')
    return {data: {run}, text: `asked ${run} to stop; watch it with \`opsconsole runs attach ${run}\``}
  },
}
