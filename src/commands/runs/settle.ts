import {OpsError} from '../../errors.ts'
import {SETTLEMENTS} from '../../runbooks/settlements.ts'
import type {Prompt} from '../../runbooks/events.ts'
import type {ChangingContext, Command, CommandResult} from '../command.ts'
import {parameterFlags} from '../plan/make.ts'
import {secretParameters} from '../run/parameters.ts'
import {reasonFlag} from '../run/start.ts'
import {sayOldJournal} from './journal-notice.ts'

export const command: Command = {
  name: 'runs settle',
  summary: 'Say what became of the unknown step of a lost run, and resume it: recheck, done, rerun, skip or abort',
  help: 'recheck asks the step itself (its verify, else its check); done and skip need --reason; rerun may do twice what the step does; abort undoes as usual.',
  arguments: [
    {name: 'run', required: true, completes: 'run', description: 'Run id'},
    {name: 'choice', required: true, completes: SETTLEMENTS, description: SETTLEMENTS.join(', ')},
  ],
  flags: {
    reason: {type: 'string', value: 'TEXT', description: 'Why; kept in the audit trail'},
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
    const engine = context.engine()
    if (!engine.state(run).lost)
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
    return settleFirst(context, run, {choice, reason})
  },
}

/** Answers the first question about an unknown step, and says what came of it: a recheck may not say that it happened. */
async function settleFirst(
  context: ChangingContext,
  run: string,
  {choice, reason}: {readonly choice: string; readonly reason: string},
): Promise<CommandResult> {
  const engine = context.engine()
  let answered: Prompt | undefined
  for await (const {event} of engine.follow(run, context.signal)) {
    if (answered && event?.type === 'step-settled' && event.step === answered.step && event.seq > seqOf(answered))
      return {
        data: {run, step: answered.step, choice},
        text: `settled as ${choice}; the run continues, watch it with \`opsconsole runs attach ${run}\``,
      }
    const prompt = event?.type === 'prompt-opened' ? event.prompt : undefined
    if (prompt?.kind !== 'unknown' || engine.state(run).prompt?.id !== prompt.id) continue
    if (answered)
      throw new OpsError(
        'run/unsettled',
        `${answered.step}: its recheck does not say that it happened; it is still unknown`,
        {
          hint: 'Look at the target, then settle it as done, rerun, skip or abort.',
        },
      )
    if (!prompt.choices.includes(choice))
      throw new OpsError('run/drift', prompt.text, {hint: `Answer with one of: ${prompt.choices.join(', ')}.`})
    await engine.answer(run, prompt.id, choice, reason, 'command')
    answered = prompt
  }
  return {data: {run, choice: 'none'}, text: `run ${run} needed no settling and has ended`}
}

/** A question is named after the event that opened it. */
const seqOf = ({id}: Prompt): number => Number(id.slice(1))
