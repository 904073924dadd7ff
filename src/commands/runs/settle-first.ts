import {OpsError} from '../../errors.ts'
import {accepts} from '../../runbooks/ask.ts'
import type {Prompt} from '../../runbooks/events.ts'
import {hostAnswerText} from '../../runbooks/host-answers.ts'
import type {ChangingContext, CommandResult} from '../command.ts'

/** What a person says of the unknown step. */
export interface Said {
  readonly choice: string
  readonly reason: string
  /** Empty: all that are unknown. */
  readonly hosts: readonly string[]
}

/** Answers the first question about an unknown step, and says what came of it: a recheck may not say that it happened. */
export async function settleFirst(
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
