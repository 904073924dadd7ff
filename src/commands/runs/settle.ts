import {OpsError} from '../../errors.ts'
import {accepts} from '../../runbooks/ask.ts'
import {hostAnswerText} from '../../runbooks/host-answers.ts'
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
    if (!view.lost && view.prompt?.kind === 'unknown') return settleFirst(context, run, said)
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
    return settleFirst(context, run, said)
  },
}

const namedHosts = (text: string): readonly string[] =>
  text
    .split(',')
    .map(name => name.trim())
    .filter(Boolean)

interface Said {
  readonly choice: string
  readonly reason: string
  /** Empty: all that are unknown. */
  readonly hosts: readonly string[]
}

/** Answers the first question about an unknown step, and says what came of it: a recheck may not say that it happened. */
async function settleFirst(
  context: ChangingContext,
  run: string,
  {choice, reason, hosts}: Said,
): Promise<CommandResult> {
  const engine = context.engine()
  const what = hosts.length === 0 ? '' : `${hosts.join(', ')} `
  let answered: Prompt | undefined
  for await (const {event} of engine.follow(run, context.signal)) {
    if (answered && event?.type === 'step-settled' && event.step === answered.step && event.seq > seqOf(answered))
      return {
        data: {run, step: answered.step, choice},
        text: `${what}settled as ${choice}; the run continues, watch it with \`opsconsole runs attach ${run}\``,
      }
    const prompt = event?.type === 'prompt-opened' ? event.prompt : undefined
    if (prompt?.kind !== 'unknown' || engine.state(run).prompt?.id !== prompt.id) continue
    if (answered) return othersLeft(run, {answered, now: prompt}, {choice, reason, hosts})
    const answer = hosts.length === 0 ? choice : hostAnswerText(choice, hosts)
    if (!accepts(prompt, answer)) throw notTaken(prompt, hosts)
    await engine.answer(run, prompt.id, answer, reason, 'command')
    answered = prompt
  }
  return {data: {run, choice: 'none'}, text: `run ${run} needed no settling and has ended`}
}

/** It is asked again: of hosts that were not named, or of what a recheck did not find done. */
function othersLeft(
  run: string,
  {answered, now}: {readonly answered: Prompt; readonly now: Prompt},
  {choice, hosts}: Said,
): CommandResult {
  const left = now.byHost?.hosts ?? []
  const still = hosts.length === 0 ? [answered.step ?? run] : hosts.filter(host => left.includes(host))
  if (still.length > 0)
    throw new OpsError(
      'run/unsettled',
      `${still.join(', ')}: its recheck does not say that it happened; it is still unknown`,
      {hint: 'Look at the target, then settle it as done, rerun, skip or abort.'},
    )
  return {
    data: {run, step: answered.step, choice, hosts, unknown: left},
    text: `${hosts.join(', ')} settled as ${choice}; the run waits for ${left.join(', ')}: \`opsconsole runs settle ${run} CHOICE --host ${left.join(',')}\``,
  }
}

function notTaken({text, choices, byHost}: Prompt, hosts: readonly string[]): OpsError {
  if (hosts.length === 0) return new OpsError('run/drift', text, {hint: `Answer with one of: ${choices.join(', ')}.`})
  const known = byHost?.hosts ?? []
  const others = hosts.filter(host => !known.includes(host))
  if (known.length === 0)
    return new OpsError('usage/arguments', 'the step that is unknown is not over hosts: leave --host out')
  return others.length > 0
    ? new OpsError('usage/arguments', `${others.join(', ')} is not unknown in this run`, {
        hint: `Unknown are: ${known.join(', ')}.`,
      })
    : new OpsError('usage/arguments', `a single host can be settled as ${byHost?.choices.join(', ')}`, {
        hint: 'Leave --host out to say it of all of them.',
      })
}

/** A question is named after the event that opened it. */
const seqOf = ({id}: Prompt): number => Number(id.slice(1))
