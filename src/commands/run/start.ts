import {writeFileSync} from 'node:fs'
import {messageOf, OpsError} from '../../errors.ts'
import {requireConsent} from '../../runbooks/consent.ts'
import type {Plan} from '../../runbooks/plan.ts'
import {textFor} from '../../text/workflow-commands.ts'
import {parseDuration} from '../../units/duration.ts'
import type {ChangingContext, Command, CommandContext, CommandInput, CommandResult} from '../command.ts'
import {parameterFlags, retryFlag, retryOf} from '../plan/make.ts'
import {planText} from '../../runbooks/plan-text.ts'
import {leaveForCi} from './ci-files.ts'
import {junitXml} from './junit.ts'
import {readParameters, secretParameters} from './parameters.ts'
import {type WatchOptions, watchRun} from './watch.ts'

export const command: Command = {
  name: 'run',
  summary: 'Run a runbook: show its plan, ask, carry it out, watch it',
  help: 'The run has a process of its own: closing this terminal does not stop it, `opsconsole runs attach ID` shows it again.\n\nWithout a terminal nothing is asked: every question must be answered in advance with --yes and --confirm TEXT, or the run is refused with exit code 7.',
  arguments: [
    {name: 'runbook', required: false, completes: 'runbook', description: 'Name of the runbook; left out with --plan'},
  ],
  flags: {
    ...parameterFlags,
    ...retryFlag,
    plan: {type: 'string', value: 'ID', description: 'Start exactly this plan, made by `opsconsole plan`'},
    'dry-run': {type: 'boolean', description: 'Touch nothing; print command by command what would be done'},
    yes: {type: 'boolean', short: 'y', description: 'Answer plain questions with yes in advance'},
    confirm: {
      type: 'string',
      multiple: true,
      value: 'TEXT',
      description: 'Answer a question that needs TEXT typed; may be given several times',
    },
    reason: {type: 'string', value: 'TEXT', description: 'Why; kept in the audit trail'},
    detach: {type: 'boolean', description: 'Return as soon as the run has started'},
    'lock-wait': {type: 'string', value: 'DUR', description: 'Wait this long for a lock that somebody holds'},
    'break-glass': {
      type: 'string',
      value: 'REASON',
      description: 'Continue without the approval that the policy requires; stays red in the trail',
    },
    'local-lock': {
      type: 'string',
      value: 'REASON',
      description: 'Continue with locks of this host only when the shared ones cannot be reached; audited',
    },
    junit: {type: 'string', value: 'FILE', description: 'Write the result as JUnit XML'},
    outputs: {
      type: 'string',
      value: 'FILE',
      description: 'Append run=, outcome= and exit_code= as lines; in GitHub Actions its outputs file when left out',
    },
    'metrics-file': {
      type: 'string',
      value: 'FILE',
      description: 'Write how it ended as metrics, for the textfile collector of node_exporter or a Pushgateway',
    },
    'metrics-readable': {type: 'boolean', description: 'Other accounts may read that file (0644); else only this one'},
    console: {type: 'boolean', description: 'The start was confirmed in the console'},
    'stand-by': {
      type: 'boolean',
      description: 'Get ready and wait: reason, answers and parameters come over standard input, or nothing happens',
    },
  },
  changes: true,
  // The start itself is admitted when its order has come: nobody wants anything yet.
  onlyShows: ({flags}) => flags['stand-by'] === true,
  standby: ({args, flags}, interactive) =>
    typeof flags['plan'] === 'string'
      ? flags['stand-by'] === true && flags['read-only'] !== true && flags['plan']
      : args.length > 0 && flags['read-only'] !== true && (!interactive || flags['yes'] === true),
  run: startOrStandBy,
}

async function startOrStandBy(input: CommandInput, context: ChangingContext): Promise<CommandResult> {
  const {flags} = input
  if (flags['stand-by'] !== true) return startRun(input, context)
  if (typeof flags['plan'] !== 'string') throw new OpsError('usage/arguments', '--stand-by needs --plan ID')
  context.engine().keptPlan(flags['plan'])
  const order = await (await import('../../runs/start-order.ts')).readStartOrder()
  if (order === undefined) return {data: undefined, text: ''}
  const said = {
    reason: order.reason,
    'dry-run': order.dryRun,
    ...(order.typed === undefined ? {} : {confirm: [order.typed]}),
  }
  return startRun({...input, flags: {...flags, ...said}}, context, order.params)
}

/** `given`: its parameters, where they have been read already. */
async function startRun(input: CommandInput, context: ChangingContext, given?: string): Promise<CommandResult> {
  const {flags} = input
  const lockWaitMs = typeof flags['lock-wait'] === 'string' ? parseDuration(flags['lock-wait']) : 0
  if (lockWaitMs === undefined)
    throw new OpsError(
      'usage/arguments',
      `--lock-wait should be a duration such as 30s, got ${JSON.stringify(flags['lock-wait'])}`,
    )
  const plan = await planOf(input, context)
  if (flags['plan'] !== undefined) refuseParameters(flags, plan)
  const consent = {yes: flags['yes'] === true, typed: (flags['confirm'] ?? []) as readonly string[]}
  const dryRun = flags['dry-run'] === true
  const fromConsole = flags['console'] === true
  const breakGlass = reasonFlag(flags, 'break-glass')
  const localLock = reasonFlag(flags, 'local-lock')
  const unattended = !context.interactive && !fromConsole
  if (unattended && !dryRun) requireConsent(plan, consent)
  if (!context.json && flags['plan'] === undefined) context.out(`${textFor(context.env, planText(plan))}\n\n`)
  const started =
    plan.start.kind === 'none' ||
    (plan.start.kind === 'yes'
      ? consent.yes || fromConsole
      : consent.typed.includes(plan.start.kind === 'type' ? plan.start.text : ''))
  const run = await context.engine().start({
    plan: plan.run,
    reason: String(flags['reason'] ?? ''),
    dryRun,
    ...consent,
    via: fromConsole ? 'console' : 'flag',
    started,
    lockWaitMs,
    unattended: unattended && flags['detach'] !== true,
    ...(flags['plan'] === undefined ? {} : {secrets: await secretParameters(flags, context.env, given)}),
    ...(breakGlass === undefined ? {} : {breakGlass}),
    ...(localLock === undefined ? {} : {localLock}),
  })
  const outputs = typeof flags['outputs'] === 'string' ? flags['outputs'] : undefined
  for (const problem of leaveForCi(context.env, {run, outputs})) context.err(`${problem}\n`)
  if (flags['detach'] === true)
    return {data: {run}, text: `run ${run} has started; watch it with \`opsconsole runs attach ${run}\``}
  const metrics =
    typeof flags['metrics-file'] === 'string'
      ? {file: flags['metrics-file'], readable: flags['metrics-readable'] === true}
      : undefined
  return watchToEnd(context, run, {
    junit: typeof flags['junit'] === 'string' ? flags['junit'] : undefined,
    leave: {file: outputs, metrics},
  })
}

/** A kept plan has its parameters; only secret ones, which are not in it, may be given with it. */
function refuseParameters(flags: CommandInput['flags'], plan: Plan): void {
  const given = Array.isArray(flags['param']) ? (flags['param'] as readonly string[]) : []
  if (flags['retry'] !== undefined)
    throw new OpsError('usage/arguments', '--retry is said when the plan is made: opsconsole plan NAME --retry RUN')
  const known = given.map(pair => pair.split('=')[0] ?? '').filter(name => plan.params[name] !== '[redacted]')
  if (known.length > 0)
    throw new OpsError('usage/arguments', `${known.join(', ')}: the plan was made with its own parameters`, {
      hint: 'Leave -p away, or make a new plan.',
    })
}

/** A flag that overrides something, whose value is the reason. */
export function reasonFlag(flags: CommandInput['flags'], name: string): string | undefined {
  const reason = flags[name]
  if (typeof reason !== 'string') return undefined
  if (reason.trim() === '') throw new OpsError('usage/arguments', `--${name} needs a reason`)
  return reason
}

async function planOf(
  {args, flags}: CommandInput,
  context: CommandContext,
): Promise<Pick<Plan, 'run' | 'start' | 'steps' | 'runbook'> & Plan> {
  const [runbook] = args
  if (typeof flags['plan'] === 'string') return context.engine().keptPlan(flags['plan'])
  if (runbook === undefined)
    throw new OpsError('usage/arguments', 'no runbook was named', {hint: 'See `opsconsole runbook list`.'})
  const params = await readParameters(flags, context.env)
  return context
    .engine()
    .plan({runbook, environment: context.environmentName, params, ...retryOf(flags)}, context.signal)
}

/** Ctrl-C and TERM abort the run with its undo and wait for it; a second one lets it go on alone. A hang-up only leaves. */
async function watchToEnd(
  context: ChangingContext,
  run: string,
  {junit, leave: left}: {readonly junit: string | undefined; readonly leave: WatchOptions['leave']},
): Promise<CommandResult> {
  const leave = new AbortController()
  let asked = false
  const stop = (signal: NodeJS.Signals): void => {
    if (asked)
      return leave.abort(
        new OpsError('cancelled/interrupted', `left run ${run}, which continues`, {
          hint: `Watch it with \`opsconsole runs attach ${run}\`.`,
        }),
      )
    asked = true
    context
      .engine()
      .abort(run, signal, 'command')
      .then(
        () => context.err(`aborting ${run}; again to leave it alone\n`),
        (error: unknown) => context.err(`${messageOf(error)}\n`),
      )
  }
  const hangUp = (): void => leave.abort(new OpsError('cancelled/interrupted', `left run ${run}, which continues`))
  process.on('SIGINT', stop).on('SIGTERM', stop).on('SIGHUP', hangUp)
  try {
    const end = await watchRun(context, run, {
      json: context.json,
      answer: context.interactive && !context.json,
      signal: leave.signal,
      ...(left === undefined ? {} : {leave: left}),
    })
    if (junit !== undefined) writeFileSync(junit, junitXml(context.engine().state(run)))
    return {data: undefined, text: '', exitCode: end.exitCode}
  } finally {
    process.off('SIGINT', stop).off('SIGTERM', stop).off('SIGHUP', hangUp)
  }
}
