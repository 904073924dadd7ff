import type {AuditLog} from '../audit/record.ts'
import type {Actor} from '../identity/actor.ts'
import type {Clock} from '../units/clock.ts'
import type {Prompt, Via} from './events.ts'
import type {Desk} from './desk.ts'
import type {Journal, RunRequest} from './ports.ts'

/** An answer that settles a question: what was said, by whom, how it came. */
export interface Answer {
  readonly answer: string
  readonly by: Actor
  readonly via: Via
  readonly reason: string
}

export interface AskTools {
  readonly journal: Journal
  readonly audit: AuditLog
  readonly desk: Desk
  readonly clock: Clock
  readonly request: RunRequest
  readonly expiryMs: number
  readonly signal: AbortSignal
}

export type Question = Omit<Prompt, 'id' | 'expiresAt'>

/** Asks, and waits for an answer from a flag, from any console, or for the expiry with its stated default. */
export async function ask(tools: AskTools, question: Question): Promise<Answer> {
  const {journal, clock} = tools
  const id = `q${journal.state().lastSeq + 1}`
  const prompt: Prompt = {...question, id, expiresAt: clock.now() + tools.expiryMs}
  journal.append({type: 'prompt-opened', prompt})
  const answer = beforehand(tools, prompt) ?? (await waitForAnswer(tools, prompt))
  tools.audit.append(
    {
      action: 'answer',
      phase: 'decision',
      target: prompt.step ?? 'run',
      environment: tools.request.environment,
      run: tools.request.run,
      outcome: answer.answer,
      reason: answer.reason,
      detail: {question: prompt.text, via: answer.via},
      ...(prompt.step === undefined ? {} : {step: prompt.step}),
    },
    answer.by,
  )
  journal.append({
    type: 'prompt-answered',
    prompt: id,
    answer: answer.answer,
    by: answer.by,
    via: answer.via,
    reason: answer.reason,
  })
  return answer
}

/** An answer that was given with the run itself: `--yes`, `--confirm TEXT`, or what was typed in the console. */
function beforehand(tools: AskTools, prompt: Prompt): Answer | undefined {
  const {answers, actor, started} = tools.request
  const given = {by: actor, via: answers.via, reason: tools.request.reason}
  if (prompt.step === undefined && prompt.kind === 'confirm' && started) return {...given, answer: 'yes'}
  if (prompt.kind !== 'confirm' || !answers.yes) return undefined
  return prompt.type === undefined || answers.typed.includes(prompt.type) ? {...given, answer: 'yes'} : undefined
}

async function waitForAnswer(tools: AskTools, prompt: Prompt): Promise<Answer> {
  const expiry = new AbortController()
  const timer = setTimeout(() => expiry.abort(), Math.max(0, prompt.expiresAt - tools.clock.now()))
  try {
    const {answer, by, via, reason} = await tools.desk.answerTo(
      prompt.id,
      text => accepts(prompt, text),
      AbortSignal.any([tools.signal, expiry.signal]),
    )
    return {answer: choiceOf(prompt, answer), by, via, reason}
  } catch (error) {
    tools.signal.throwIfAborted()
    if (!expiry.signal.aborted) throw error
    return {answer: prompt.fallback, by: tools.request.actor, via: 'expiry', reason: 'nobody answered in time'}
  } finally {
    clearTimeout(timer)
  }
}

/** A typed question takes its exact text as yes; any other answer must be one of the choices. */
export function accepts(prompt: Prompt, answer: string): boolean {
  if (prompt.type !== undefined) return answer === prompt.type || (answer !== 'yes' && prompt.choices.includes(answer))
  return prompt.choices.includes(answer)
}

const choiceOf = (prompt: Prompt, answer: string): string =>
  prompt.type !== undefined && answer === prompt.type ? 'yes' : answer
