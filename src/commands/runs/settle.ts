import {OpsError} from '../../errors.ts'
import {SETTLEMENTS} from '../../runbooks/settlements.ts'
import type {Command} from '../command.ts'
import {parameterFlags} from '../plan/make.ts'
import {secretParameters} from '../run/parameters.ts'
import {reasonFlag} from '../run/start.ts'
import {sayOldJournal} from './journal-notice.ts'

export const command: Command = {
  name: 'runs settle',
  summary: 'Say what became of the unknown step of a lost run, and resume it: recheck, done, rerun, skip or abort',
  help: 'recheck asks the step itself (its verify, else its check); done and skip need --reason; rerun may do twice what the step does; abort undoes as usual. --host says it of some hosts of a step over many; the others stay unknown until they are settled, too.',
  arguments: [
    {name: 'run', required: true, completes: 'run', description: 'Run id'},
    {name: 'choice', required: true, completes: SETTLEMENTS, description: SETTLEMENTS.join(', ')},
  ],
  flags: {
    reason: {type: 'string', value: 'TEXT', description: 'Why; kept in the audit trail'},
    host: {type: 'string', value: 'NAMES', description: 'Only these hosts of the step, with commas between them'},
    override: {type: 'boolean', description: 'Continue although the runbook file has changed; needs --reason'},
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
    ...parameterFlags,
  },
  changes: true,
  wayBack: ({args}) => args[1] === 'abort',
  run: async ({args, flags}, context) => {
    const [run, choice] = args as [string, string]
    const reason = typeof flags['reason'] === 'string' ? flags['reason'] : ''
    if (!SETTLEMENTS.some(known => known === choice))
      throw new OpsError('usage/arguments', `${JSON.stringify(choice)} is not a way to settle a step`, {
        hint: `There are: ${SETTLEMENTS.join(', ')}.`,
      })
    if ((choice === 'done' || choice === 'skip') && reason.trim() === '')
      throw new OpsError('usage/arguments', `settling a step as ${choice} needs --reason`)
    if (flags['override'] === true && reason.trim() === '')
      throw new OpsError('usage/arguments', '--override needs --reason')
    const hosts = typeof flags['host'] === 'string' ? namedHosts(flags['host']) : []
    if (hosts.length > 0 && choice === 'abort')
      throw new OpsError('usage/arguments', 'abort is for the whole run: leave --host out')
    const engine = context.engine()
    const view = engine.state(run)
    const said = {choice, reason, hosts}
    // Others of its hosts were settled before: its runner is there, and asks.
    if (!view.lost && view.prompt?.kind === 'unknown')
      return (await import('./settle-first.ts')).settleFirst(context, run, said)
    if (!view.lost)
      throw new OpsError('run/ended', `run ${run} has no unknown step: its runner is at work, or it has ended`)
    const localLock = reasonFlag(flags, 'local-lock')
    const acceptJournal = reasonFlag(flags, 'accept-journal')
    sayOldJournal(context, run)
    const how = {
      run,
      ...(localLock === undefined ? {} : {localLock}),
      ...(acceptJournal === undefined ? {} : {acceptJournal}),
      override: flags['override'] === true ? reason : undefined,
      unattended: false,
      secrets: await secretParameters(flags, context.env),
    }
    if (choice === 'abort') {
      await engine.resume({...how, abandon: reason})
      return {
        data: {run, choice},
        text: `settled as abort; the run is undone, watch it with \`opsconsole runs attach ${run}\``,
      }
    }
    await engine.resume(how)
    return (await import('./settle-first.ts')).settleFirst(context, run, said)
  },
}

const namedHosts = (text: string): readonly string[] =>
  text
    .split(',')
    .map(name => name.trim())
    .filter(Boolean)
