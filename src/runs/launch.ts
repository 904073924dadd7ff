import {readPlainText} from '../files/plain-file.ts'
import {OpsError} from '../errors.ts'
import type {RunEvent} from '../runbooks/events.ts'
import type {RunRequest} from '../runbooks/ports.ts'
import {sleep} from '../units/clock.ts'
import type {RunsContext} from './context.ts'
import type {ResumeRequest, StartRequest} from './engine.ts'
import {requestDigest} from './compare-journal.ts'
import {REQUESTED} from './journal-check.ts'
import {keptSources} from './kept-sources.ts'
import type {StoredRun} from './ports.ts'
import {changedSecrets, otherSecrets} from './secret-digests.ts'
import {lastRefusal} from './refusal.ts'
import {type RunnerProcess, type RunnerSite, startRunner} from './runner-process.ts'
import type {Standby} from './standby.ts'

/** How long a runner may take to write its first record. A loaded machine starts Node slowly. */
export const STARTED_WITHIN_MS = 60_000

type LaunchContext = Pick<
  RunsContext,
  'actor' | 'audit' | 'config' | 'options' | 'redactor' | 'rememberDeclared' | 'runs' | 'stateDir'
>

/** Starts a kept plan in a runner of its own, or in the one that stands by for it. Resolves once the run's first record is durable. */
export async function launchRun(
  context: LaunchContext,
  start: StartRequest,
  standby: Standby | undefined,
): Promise<string> {
  const kept = context.runs().keptPlan(start.plan)
  const secrets = neededSecrets(kept.secretParams, start.secrets ?? {})
  const others = changedSecrets(context.runs().secretKey, {...kept, run: kept.plan.run}, secrets)
  if (others.length > 0)
    throw otherSecrets(others, 'the plan was made with', 'Give the same value, or make a new plan with this one.')
  const actor = context.actor()
  if (context.runs().run(kept.plan.run).exists())
    throw new OpsError('run/held', `plan ${kept.plan.run} was started before: a plan is for one run`, {
      hint: `See \`opsconsole runs show ${kept.plan.run}\`, or make a new plan.`,
    })
  await context.rememberDeclared()
  const files = kept.plan.files ?? [{file: kept.file, hash: kept.plan.runbookHash}]
  const sources = keptSources(files, text => context.redactor.redact(text))
  const request: RunRequest = {
    v: 1,
    run: kept.plan.run,
    file: kept.file,
    config: context.config().file,
    environment: kept.plan.environment,
    params: kept.params,
    secretParams: kept.secretParams,
    ...(kept.secretDigests === undefined ? {} : {secretDigests: kept.secretDigests}),
    plan: kept.plan,
    ...(sources === undefined ? {} : {sources}),
    actor,
    reason: start.reason,
    dryRun: start.dryRun,
    answers: {yes: start.yes, typed: start.typed, via: start.via},
    started: start.started,
    lockWaitMs: start.lockWaitMs,
    unattended: start.unattended,
    ...(start.breakGlass === undefined ? {} : {breakGlass: start.breakGlass}),
    ...(start.localLock === undefined ? {} : {localLock: start.localLock}),
  }
  // Fails here, before anything exists, when the trail cannot be written.
  context.audit().append({
    action: REQUESTED,
    phase: 'decision',
    target: kept.plan.runbook,
    environment: kept.plan.environment,
    run: kept.plan.run,
    reason: start.reason,
    detail: {plan: kept.plan.hash, dryRun: start.dryRun, via: start.via, request: requestDigest(request)},
  })
  const stored = context.runs().create(request)
  const runner = standby?.take(stored) ?? startRunner(siteOf(context), [request.run], stored.log)
  runner.order(secrets)
  await firstRecord(stored, runner, events => events.length > 0)
  return request.run
}

/** Starts a runner that takes up a run whose runner died. Resolves once that is recorded; rejects with its refusal. */
export async function launchResume(
  context: LaunchContext,
  resume: ResumeRequest,
  start: typeof startRunner = startRunner,
): Promise<void> {
  const stored = context.runs().run(resume.run)
  const secrets = neededSecrets(stored.request().secretParams, resume.secrets ?? {})
  admitSecrets(context, stored, {resume, secrets})
  const flags = [
    '--resume',
    ...(resume.override === undefined ? [] : ['--override', resume.override]),
    ...(resume.abandon === undefined ? [] : ['--abandon', resume.abandon]),
    ...(resume.acceptJournal === undefined ? [] : ['--accept-journal', resume.acceptJournal]),
    ...(resume.unattended ? ['--unattended'] : []),
    ...(resume.localLock === undefined ? [] : ['--local-lock', resume.localLock]),
  ]
  const runner = start(siteOf(context), [resume.run, ...flags], stored.log)
  runner.order(secrets)
  // Several may try at once: only the one whose own runner took it up has won.
  await firstRecord(stored, runner, events =>
    events.some(
      event => (event.type === 'run-resumed' || event.type === 'run-started') && event.process.pid === runner.pid,
    ),
  )
}

/** A run continues with the values it began with; that one was replaced meanwhile is for a person to say, with a reason. */
function admitSecrets(
  context: LaunchContext,
  stored: StoredRun,
  {resume, secrets}: {readonly resume: ResumeRequest; readonly secrets: Readonly<Record<string, string>>},
): void {
  const {run, environment, plan, secretDigests} = stored.request()
  const others = changedSecrets(context.runs().secretKey, {run, secretDigests}, secrets)
  if (others.length === 0) return
  if (resume.override === undefined)
    throw otherSecrets(
      others,
      `run ${run} began with`,
      'Give the same value. If it was replaced meanwhile, continue with --override and --reason (`runs resume` or `runs settle`); that is audited.',
    )
  const detail = {secretParams: others}
  const reason = resume.override
  context
    .audit()
    .append({action: 'secret replaced', phase: 'decision', target: plan.runbook, environment, run, reason, detail})
}

const siteOf = ({options, stateDir, config}: LaunchContext): RunnerSite => ({
  ...options,
  stateDir,
  configFile: config().file,
})

/** Exactly the secret parameters of a plan. They were never stored, so whoever starts or resumes it gives them. */
function neededSecrets(
  names: readonly string[],
  given: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const missing = names.filter(name => given[name] === undefined)
  if (missing.length > 0)
    throw new OpsError(
      'runbook/params',
      `secret parameters are never stored: ${missing.join(', ')} must be given again`,
      {
        hint: 'Give them with -p name=value, OPSCONSOLE_PARAM_NAME or --params FILE.',
      },
    )
  return Object.fromEntries(names.map(name => [name, given[name] as string]))
}

async function firstRecord(
  stored: StoredRun,
  runner: RunnerProcess,
  begun: (events: readonly RunEvent[]) => boolean,
): Promise<void> {
  let code: number | null | undefined
  void runner.exited.then(value => (code = value))
  const deadline = performance.now() + STARTED_WITHIN_MS
  for (let pause = 5; performance.now() < deadline; pause = Math.min(20, pause * 1.5)) {
    if (begun(stored.events().events)) return
    if (code !== undefined) throw runnerDied(stored.log, code)
    await sleep(pause)
  }
  throw new OpsError(
    'process/timeout',
    `the runner did not start within ${STARTED_WITHIN_MS / 1000} s; see ${stored.log}`,
  )
}

/** The runner wrote its refusal to its log; here it becomes the same error again. */
function runnerDied(file: string, code: number | null): OpsError {
  const log = readPlainText(file).trimEnd()
  const last = log.split('\n').at(-1) ?? ''
  const known = lastRefusal(log)
  if (known) return new OpsError(known.code, known.message, {hint: known.hint ?? `The runner's log is ${file}.`})
  return new OpsError(
    'process/failed',
    `the runner ended with exit code ${code ?? 'none'} before it started: ${last}`,
    {
      hint: `Its log is ${file}.`,
    },
  )
}
