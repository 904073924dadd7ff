import {EXIT, messageOf, OpsError} from '../../errors.ts'
import {accepts} from '../../runbooks/ask.ts'
import type {Prompt} from '../../runbooks/events.ts'
import {hostAnswerText} from '../../runbooks/host-answers.ts'
import {emptyRun, reduceRun, type RunState} from '../../runbooks/state.ts'
import type {ChangingContext} from '../command.ts'
import {leaveForCi} from './ci-files.ts'
import type {Outcome} from '../../runbooks/events.ts'
import type {MetricsPlace} from './metrics-file.ts'
import {choosePresenter} from './choose-presenter.ts'

export interface WatchOptions {
  /** JSON lines: the journal's events and the output, as they are. */
  readonly json: boolean
  /** Open questions are put to the person at this terminal. */
  readonly answer: boolean
  readonly signal: AbortSignal
  /** Leave the result where the CI system looks for it. `file`: of --outputs. */
  readonly leave?: {readonly file: string | undefined; readonly metrics?: MetricsPlace | undefined}
}

export interface WatchEnd {
  readonly exitCode: number
  readonly outcome: string
}

/** Shows a run from its start to its end, here, as lines. Never more than a window: leaving it changes nothing. */
export async function watchRun(context: ChangingContext, run: string, options: WatchOptions): Promise<WatchEnd> {
  const engine = context.engine()
  let state = emptyRun(run)
  let asking: Promise<void> | undefined
  let stopAsking = new AbortController()
  const presenter = choosePresenter(context.env, {run, json: options.json, now: () => context.clock.now()})
  try {
    for await (const feed of engine.follow(run, options.signal)) {
      if (feed.event) state = reduceRun(state, feed.event)
      context.out(presenter.feed(feed, state))
      // Answered here or elsewhere: what is typed now is for the next question.
      if (feed.event?.type === 'prompt-answered') stopAsking.abort()
      if (feed.event?.type === 'prompt-opened' && options.answer) {
        stopAsking = new AbortController()
        asking = answerHere(context, run, feed.event.prompt, AbortSignal.any([options.signal, stopAsking.signal]))
      }
    }
  } finally {
    context.out(presenter.end())
    stopAsking.abort()
    await asking?.catch(() => {})
  }
  if (options.leave) await leaveHere(context, state, options.leave)
  if (state.suspended) return {exitCode: EXIT.suspended, outcome: 'suspended'}
  if (state.outcome !== undefined) return {exitCode: state.exitCode ?? 70, outcome: state.outcome}
  throw new OpsError(
    'run/lost',
    `the runner of ${run} is gone and its run has not ended; a step in flight is unknown`,
    {hint: `See \`opsconsole runs show ${run}\`, then settle and resume it.`},
  )
}

/** Into the files that a CI system, or --outputs, names. Nothing of it changes how the run ended. */
async function leaveHere(
  context: ChangingContext,
  state: RunState,
  {file: outputs, metrics}: NonNullable<WatchOptions['leave']>,
): Promise<void> {
  const report = context.env['GITHUB_STEP_SUMMARY']
    ? await context
        .engine()
        .report(state.run)
        .catch((error: unknown) => {
          context.err(`no report for the job summary: ${messageOf(error)}\n`)
          return undefined
        })
    : undefined
  const outcome = state.suspended ? 'suspended' : (state.outcome ?? 'unknown')
  const exitCode = state.suspended ? EXIT.suspended : (state.exitCode ?? EXIT.unknown)
  const result = {outcome, exitCode, markdown: report?.markdown} as const
  for (const problem of leaveForCi(context.env, {result, outputs})) context.err(`${problem}\n`)
  if (metrics !== undefined)
    await leaveMetrics(metrics, state, result).catch((error: unknown) =>
      context.err(`cannot write the metrics to ${metrics.file}: ${messageOf(error)}\n`),
    )
}

async function leaveMetrics(
  place: MetricsPlace,
  state: RunState,
  result: {readonly outcome: Outcome; readonly exitCode: number},
): Promise<void> {
  const {metricsOfRun, writeMetricsFile} = await import('./metrics-file.ts')
  writeMetricsFile(place, metricsOfRun(state, result))
}

/** A question in the line mode. An answer that came from elsewhere in the meantime makes ours moot, not wrong. */
async function answerHere(context: ChangingContext, run: string, prompt: Prompt, signal: AbortSignal): Promise<void> {
  const engine = context.engine()
  if (prompt.terminal) return answerFromTerminal(context, run, {prompt, terminal: prompt.terminal, signal})
  const choices =
    prompt.type === undefined
      ? `${prompt.choices.join('/')}${prompt.byHost ? `; or for some hosts, as in ${hostAnswerText('done', prompt.byHost.hosts.slice(0, 2))}` : ''}`
      : `type ${prompt.type}, or ${prompt.choices.filter(choice => choice !== 'yes').join('/')}`
  while (engine.state(run).prompt?.id === prompt.id) {
    const answer = (await context.question(`  [${choices}] `, signal))?.trim()
    if (answer === undefined || engine.state(run).prompt?.id !== prompt.id) return
    if (accepts(prompt, answer)) return engine.answer(run, prompt.id, answer, '', 'console')
    context.out(`  ${JSON.stringify(answer)} is none of these; nothing was done\n`)
  }
}

interface TerminalPrompt {
  readonly prompt: Prompt
  readonly terminal: readonly string[]
  readonly signal: AbortSignal
}

/** Runs the program of the question here, in this terminal, when the person says so; its end is theirs to judge. */
async function answerFromTerminal(
  context: ChangingContext,
  run: string,
  {prompt, terminal, signal}: TerminalPrompt,
): Promise<void> {
  const engine = context.engine()
  let reason = ''
  while (engine.state(run).prompt?.id === prompt.id) {
    const answer = (await context.question('  [run/done/skip/abort] ', signal))?.trim()
    if (answer === undefined || engine.state(run).prompt?.id !== prompt.id) return
    if (answer === 'run') {
      reason = `exit code ${context.handOver(terminal)}`
      context.out(`  it ended with ${reason}; say done, or run it again\n`)
    } else if (prompt.choices.includes(answer)) return engine.answer(run, prompt.id, answer, reason, 'console')
    else context.out(`  ${JSON.stringify(answer)} is none of these; nothing was done\n`)
  }
}
