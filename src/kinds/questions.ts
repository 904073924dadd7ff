import {type ErrorCode, messageOf, OpsError} from '../errors.ts'
import {escapeLine} from '../text/escape.ts'
import {type Check, failed} from './verdict.ts'

/** What speaks against a run, and what to do about it. */
export interface Obstacle {
  readonly what: string
  readonly fix: string
}

/**
 * Something that must be so before a run may begin. The doctor asks all questions of a kind, a plan those that it needs:
 * what would fail in the middle of a run is found before it, by the same function.
 */
export interface Question<Context, Purpose extends string> {
  /** What is asked about, for people: `health path`. */
  readonly about: string
  readonly neededFor: readonly Purpose[]
  /** What speaks against it; a rejection does as well. */
  ask(context: Context): Promise<readonly Obstacle[]>
}

/** Raises all that speaks against it at once, with the first way out as the hint. Raises what an ask raises. */
export async function requireAnswers<Context, Purpose extends string>(
  questions: readonly Question<Context, Purpose>[],
  context: Context,
  want: {readonly purpose: Purpose; readonly code: ErrorCode; readonly intro: string},
): Promise<void> {
  const obstacles: Obstacle[] = []
  for (const question of questions.filter(({neededFor}) => neededFor.includes(want.purpose)))
    obstacles.push(...(await question.ask(context)))
  const [first] = obstacles
  if (first === undefined) return
  throw new OpsError(want.code, `${want.intro}: ${obstacles.map(({what}) => what).join('; ')}`, {hint: first.fix})
}

/** What the doctor says: a failed check for each obstacle. One question that cannot be asked hides no other. */
export async function askAll<Context>(
  questions: readonly Question<Context, string>[],
  context: Context,
  name: string,
): Promise<readonly Check[]> {
  const answers = await Promise.allSettled(questions.map(question => question.ask(context)))
  const checks = answers.flatMap((answer, at): readonly Check[] =>
    answer.status === 'fulfilled'
      ? answer.value.map(({what, fix}) => failed(name, what, fix))
      : [unanswered(name, questions[at]?.about ?? '', answer.reason)],
  )
  // The same server may have been the reason for several.
  return checks.filter((check, at) => checks.findIndex(({detail}) => detail === check.detail) === at)
}

function unanswered(name: string, about: string, cause: unknown): Check {
  const hint = cause instanceof OpsError ? cause.hint : undefined
  return failed(name, escapeLine(messageOf(cause), 300), hint ?? `Nothing is known of its ${about} otherwise.`)
}
