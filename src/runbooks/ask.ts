import {OpsError} from '../errors.ts'
import type {AuditLog} from '../audit/record.ts'
import type {Actor} from '../identity/actor.ts'
import type {Clock} from '../units/clock.ts'
import type {Prompt, RunEventBody, Via} from './events.ts'
import type {AnswerRequest, AnswerQueue} from './answer-queue.ts'
import {recordEvent} from './into-trail.ts'
import {hostAnswerOf} from './host-answers.ts'
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
  readonly answers: AnswerQueue
  readonly clock: Clock
  readonly request: RunRequest
  readonly expiryMs: number
  readonly signal: AbortSignal
}

export type Question = Omit<Prompt, 'id' | 'expiresAt'>

export interface AskOptions {
  /** Whether this answer, from this person, settles it; else it is dropped. Default: one of the choices. */
  readonly accepts?: (request: AnswerRequest) => boolean
  /** Stops waiting after this long and leaves the question open. */
  readonly giveUpMs?: number
}

/** Asks, and waits for an answer from a flag, from any console, or for the expiry with its stated default. */
export async function ask(tools: AskTools, question: Question): Promise<Answer> {
  const answer = await askAgain(tools, question, {})
  if (!answer) throw new OpsError('bug/internal', 'a question without a time limit was given up')
  return answer
}

/** Like `ask`, for a question that may already be open from before the run was taken up. Undefined: given up. */
export async function askAgain(tools: AskTools, question: Question, options: AskOptions): Promise<Answer | undefined> {
  const open = stillOpen(tools, question)
  const prompt = open ?? newPrompt(tools, question)
  const opened: readonly RunEventBody[] = open ? [] : [{type: 'prompt-opened', prompt}]
  const given = beforehand(tools, prompt)
  if (!given && !open) tools.journal.append(...opened)
  const answer = given ?? (await waitForAnswer(tools, prompt, options))
  if (!answer) return undefined
  const step = prompt.step === undefined ? {} : {step: prompt.step}
  const {answer: said, by, via, reason} = answer
  recordEvent(
    tools,
    {
      action: prompt.kind === 'approval' ? 'approval' : 'answer',
      phase: 'decision',
      target: prompt.step ?? 'run',
      outcome: said,
      reason,
      detail: {question: prompt.text, via, plan: tools.request.plan.hash},
      ...step,
    },
    // What was answered beforehand is nobody's question: no console may see it open.
    [...(given ? opened : []), {type: 'prompt-answered', prompt: prompt.id, answer: said, by, via, reason}],
    {by},
  )
  return answer
}

/** The same question, from before the run was taken up. */
function stillOpen({journal}: AskTools, question: Question): Prompt | undefined {
  const open = journal.state().prompt
  return open && open.kind === question.kind && open.step === question.step && open.kind === 'approval'
    ? open
    : undefined
}

const newPrompt = ({journal, clock, expiryMs}: AskTools, question: Question): Prompt => ({
  ...question,
  id: `q${journal.state().lastSeq + 1}`,
  expiresAt: clock.now() + expiryMs,
})

/** An answer that was given with the run itself: `--yes`, `--confirm TEXT`, or what was typed in the console. */
function beforehand(tools: AskTools, prompt: Prompt): Answer | undefined {
  const {answers, actor, started} = tools.request
  const given = {by: actor, via: answers.via, reason: tools.request.reason}
  if (prompt.step === undefined && prompt.kind === 'confirm' && started) return {...given, answer: 'yes'}
  if (prompt.kind !== 'confirm' || !answers.yes) return undefined
  return prompt.type === undefined || answers.typed.includes(prompt.type) ? {...given, answer: 'yes'} : undefined
}

async function waitForAnswer(tools: AskTools, prompt: Prompt, options: AskOptions): Promise<Answer | undefined> {
  const leftMs = Math.max(0, prompt.expiresAt - tools.clock.now())
  const gaveUp = options.giveUpMs !== undefined && options.giveUpMs < leftMs
  const timeout = new AbortController()
  const timer = setTimeout(() => timeout.abort(), gaveUp ? options.giveUpMs : leftMs)
  try {
    const {answer, by, via, reason} = await tools.answers.answerTo(
      prompt.id,
      request => accepts(prompt, request.answer) && (options.accepts?.(request) ?? true),
      AbortSignal.any([tools.signal, timeout.signal]),
    )
    return {answer: choiceOf(prompt, answer), by, via, reason}
  } catch (error) {
    tools.signal.throwIfAborted()
    if (!timeout.signal.aborted) throw error
    if (gaveUp) return undefined
    return {answer: prompt.fallback, by: tools.request.actor, via: 'expiry', reason: 'nobody answered in time'}
  } finally {
    clearTimeout(timer)
  }
}

/** A typed question takes its exact text as yes; any other answer must be one of the choices. */
export function accepts(prompt: Prompt, answer: string): boolean {
  if (prompt.type !== undefined) return answer === prompt.type || (answer !== 'yes' && prompt.choices.includes(answer))
  return prompt.choices.includes(answer) || hostAnswerOf(prompt, answer) !== undefined
}

const choiceOf = (prompt: Prompt, answer: string): string =>
  prompt.type !== undefined && answer === prompt.type ? 'yes' : answer
