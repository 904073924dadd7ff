import {OpsError} from '../../errors.ts'
import type {Command} from '../command.ts'
import {parameterFlags} from '../plan/make.ts'
import {secretParameters} from '../run/parameters.ts'
import {reasonFlag} from '../run/start.ts'
import {sayOldJournal} from './journal-notice.ts'
import {watchRun} from '../run/watch.ts'

export const command: Command = {
  name: 'runs resume',
  summary: 'Resume a run whose runner died: finished steps are not run again, unknown ones are settled first',
  help: 'What was finished is verified again, and the run is refused when it no longer holds or when the runbook has changed since; --override with --reason accepts a changed runbook. Without a terminal an unknown step that no recheck can settle ends with exit code 9 and changes nothing.',
  arguments: [{name: 'run', required: true, completes: 'run', description: 'Run id'}],
  flags: {
    override: {type: 'boolean', description: 'Continue although the runbook file has changed; needs --reason'},
    reason: {type: 'string', value: 'TEXT', description: 'Why; kept in the audit trail'},
    'accept-journal': {
      type: 'string',
      value: 'REASON',
      description: 'Continue although the journal is not what the audit trail says; audited',
    },
    'local-lock': {
      type: 'string',
      value: 'REASON',
      description: 'Continue with locks of this host only when the shared ones cannot be reached; audited',
    },
    detach: {type: 'boolean', description: 'Return as soon as it has resumed'},
    ...parameterFlags,
  },
  changes: true,
  run: async ({args, flags}, context) => {
    const run = args[0] as string
    const reason = typeof flags['reason'] === 'string' ? flags['reason'] : ''
    if (flags['override'] === true && reason.trim() === '')
      throw new OpsError('usage/arguments', '--override needs --reason')
    const localLock = reasonFlag(flags, 'local-lock')
    const acceptJournal = reasonFlag(flags, 'accept-journal')
    sayOldJournal(context, run)
    await context.engine().resume({
      run,
      ...(localLock === undefined ? {} : {localLock}),
      ...(acceptJournal === undefined ? {} : {acceptJournal}),
      override: flags['override'] === true ? reason : undefined,
      unattended: !context.interactive && flags['detach'] !== true,
      secrets: await secretParameters(flags, context.env),
    })
    if (flags['detach'] === true)
      return {data: {run}, text: `run ${run} has resumed; watch it with \`opsconsole runs attach ${run}\``}
    const end = await watchRun(context, run, {
      json: context.json,
      answer: context.interactive && !context.json,
      signal: context.signal,
      leave: {file: undefined},
    })
    return {data: undefined, text: '', exitCode: end.exitCode}
  },
}
