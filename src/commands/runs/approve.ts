import type {Command} from '../command.ts'

export const command: Command = {
  name: 'runs approve',
  summary: 'Approve exactly the plan that a run waits with; only another person than its starter can',
  help: 'Who approves is established by the kernel (login uid, else uid) or by the SSH key, never by a name. The approval is for one plan: when anything about it changes, the run is refused. A suspended run is then resumed with `opsconsole runs resume`.',
  arguments: [{name: 'run', required: true, completes: 'run', description: 'Run id'}],
  flags: {
    reason: {type: 'string', value: 'TEXT', description: 'Why; kept in the audit trail'},
    plan: {type: 'string', value: 'HASH', description: 'Refuse unless the plan has this hash, or begins with it'},
  },
  changes: true,
  run: async ({args, flags}, context) => {
    const run = args[0] as string
    await context
      .engine()
      .approve(run, String(flags['reason'] ?? ''), typeof flags['plan'] === 'string' ? flags['plan'] : undefined)
    const next = context.engine().state(run).suspended ? `; resume it with \`opsconsole runs resume ${run}\`` : ''
    return {data: {run, approved: true}, text: `approved${next}`}
  },
}
