import {findRunbooks} from '../runbooks/load.ts'
import type {ChangingContext, Command, CommandInput} from '../commands/command.ts'
import type {Actor} from '../identity/actor.ts'
import {alertStore} from '../store/alerts.ts'
import {timelines} from '../store/timelines.ts'
import {reportedStore} from '../store/reported.ts'
import {silenceStore} from '../store/silences.ts'
import {question} from '../commands/question.ts'
import {openCaretaker} from '../runs/caretaker.ts'
import {changeOf, commandGate, knownEnvironment} from './command-gate.ts'
import {handOver} from '../runs/hand-over.ts'
import {type AppContext, openAppContext} from './context.ts'
import {once} from '../units/once.ts'
import {trailRecords} from '../store/trail-records.ts'
import {verifyTrail} from '../store/verify-trail.ts'
import {readOrder} from '../runs/read-order.ts'
import {createEngine} from '../runs/create-engine.ts'
import {chooseEnvironment} from '../config/choose-environment.ts'
import {leaveStandby} from './standby.ts'

export interface CommandContextOptions {
  /** Undefined: the console. */
  readonly command: Command | undefined
  readonly input: CommandInput
  readonly signal: AbortSignal
  readonly interactive: boolean
}

/** What commands may use, made of everything there is. */
export function createCommandContext(
  app: AppContext,
  {command, input, signal, interactive}: CommandContextOptions,
): ChangingContext {
  const {flags} = input
  const gate = commandGate(app, command)
  const environmentName = typeof flags['env'] === 'string' ? flags['env'] : undefined
  const environment = once(() => chooseEnvironment(app.config(), environmentName))
  // What makes files of its own is about no environment, and may have no configuration yet.
  const touched = (): string => (command?.changes === 'files' ? '' : environment().name)
  const change: ChangingContext['change'] = (intended, work) =>
    gate.carryOut(changeOf(app, {command, input, environment: touched()}, intended), work)
  return {
    ...sharedOf(app),
    environment,
    environmentName,
    stateDir: () => app.stateDir,
    trailRecords: () => trailRecords(app.stateDir),
    verifyAudit: (file, head) => verifyTrail(app.stateDir, file, head),
    engine: once(() => createEngine({...app, gate})),
    runner: async (run, resume) => {
      // It may stand by for its order: meanwhile it loads what only a runner needs.
      const {warmUp} = await import('../runs/warm-up.ts')
      const [secrets, {runRunner}] = await Promise.all([readOrder(), import('../runs/runner.ts'), warmUp(app, run)])
      if (!secrets) return leaveStandby(app.stateDir, run)
      const open = (actor: Actor | undefined) => openAppContext(app.options, actor)
      return runRunner({runs: app.runs(), open}, {run, resume, secrets})
    },
    console: async () => (await import('./console.ts')).openConsole(app, {flags, signal}),
    change,
    monitor: async (role, log) => {
      const [{openMonitor}, {outward}] = await Promise.all([import('./monitor.ts'), import('../alerts/outward.ts')])
      return openMonitor(app, role, {outward, log})
    },
    caretaker: () => openCaretaker(app),
    timelines: () => timelines(app.store().database),
    intake: () => ({...app, ...app.cleaning, store: () => reportedStore(app.store().database)}),
    starters: async tell => (await import('../runs/starters.ts')).openStarters(app, tell),
    alertStore: () => alertStore(app.store().database),
    answering: async () => (await import('./alertmanagers.ts')).openAnswering(app),
    silences: () => silenceStore(app.store().database),
    snapshot: async from => (await import('./snapshot.ts')).takeSnapshot(app, environmentName, {signal, from}),
    checkKeys: async () => void (await import('../tui/keymap/live-keymap.ts')).loadKeymap(app.config()),
    runbookNames: () => [...findRunbooks(app.runbookDirectories()).keys()],
    opsTools: () => ({
      environment: environment(),
      run: 'command',
      act: (text, work) => change({action: 'command', target: text, command: text}, () => work(signal)),
      signal,
      clock: app.clock,
      exec: app.exec,
      secret: app.secret,
      matcher: app.matcher(),
      log: line => void (flags['json'] === true || process.stderr.write(`${line}\n`)),
      progress: () => {},
      dryRun: false,
    }),
    signal,
    env: app.options.env,
    json: flags['json'] === true,
    out: text => void process.stdout.write(app.redactor.redact(text)),
    err: text => void process.stderr.write(app.redactor.redact(text)),
    interactive,
    columns: process.stdout.columns ?? 120,
    handOver: argv => {
      const text = argv.join(' ')
      // Its intent is in the trail since the run asked for it.
      const intended = {action: 'command in a terminal', target: text, command: text}
      gate.admit({
        ...changeOf(app, {command, input, environment: knownEnvironment(app, input)}, intended),
        consent: 'asked',
      })
      return handOver(app, argv)
    },
    question,
  }
}

/** What a command has as it is. */
const sharedOf = ({config, trust, actor, audit, brokenTrail, targets, records, ...app}: AppContext) => {
  const {exec, secret, matcher, clock} = app
  return {config, trust, actor, audit, brokenTrail, targets, records, exec, secret, matcher, clock}
}
