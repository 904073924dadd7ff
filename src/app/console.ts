import type {CommandInput, CommandResult} from '../commands/command.ts'
import {readSafely} from '../overview/read-safely.ts'
import type {Snapshot} from '../overview/snapshot.ts'
import type {Engine} from '../runs/engine.ts'
import type {Plan} from '../runbooks/plan.ts'
import {listRunbooks} from '../runbooks/load.ts'
import {watchRunbooks} from '../runbooks/watch-list.ts'
import {type Bell, createBell} from '../units/bell.ts'
import {quietly} from '../units/quietly.ts'
import {untilRung} from '../units/until-rung.ts'
import {watchState} from '../store/watch-state.ts'
import {earlyPicture} from '../tui/early-picture.ts'
import {liveKeymap} from '../tui/keymap/live-keymap.ts'
import type {ConsolePort} from '../tui/port.ts'
import type {AppContext} from './context.ts'
import {consoleAnswers} from '../runs/console-answers.ts'
import {callProgram} from '../runs/call-program.ts'
import {openConsoleStarter} from '../runs/console-start.ts'
import {createEngine} from '../runs/create-engine.ts'
import {consoleLooks} from './console-looks.ts'
import {consoleChanges} from './console-changes.ts'
import {type LateMonitor, lateMonitor} from '../monitors/late-monitor.ts'
import {watcherStatus} from '../monitors/lease.ts'
import {monitorLease} from '../store/lease.ts'
import {openAlertmanagers} from './alertmanagers.ts'
import {snapshotSource} from './snapshot.ts'

/** Parameters go to our own processes this way: arguments are there for everybody on the machine to read. */
const STDIN = '-'
/** A snapshot is made anew for a bell, and after this time for what changes without one. */
const SILENT = {forMs: 3000, now: () => performance.now()}
/** The list is read in this process, to be there with the first keys: code that loops freezes the screens for so long, once. */
const LOADED_WITHIN_MS = 5000

/** Opens the console on this terminal, with the monitor beside it; resolves when it is left. */
export async function openConsole(
  app: AppContext,
  {flags, signal}: {readonly flags: CommandInput['flags']; readonly signal: AbortSignal},
): Promise<CommandResult> {
  const {checkFlags, openByFlags} = await import('../tui/open-by-flags.ts')
  checkFlags(flags)
  app.live.configOrKept()
  const keymap = liveKeymap(app.config)
  const bell = createBell()
  const monitor = openMonitorLate(app, () => bell.ring())
  const engine = createEngine(app)
  const asked = typeof flags['env'] === 'string' ? flags['env'] : undefined
  const port = createPort(app, {
    engine,
    bell,
    source: snapshotSource(app, {monitor, engine, theirs: openAlertmanagers(app)}),
    own: {refresh: () => monitor.refresh(), keymap},
    environment: asked,
  })
  try {
    const end = await openByFlags(port, {
      flags,
      env: app.options.env,
      early: earlyPicture(),
      lastScreen: {stateDir: app.stateDir, config: app.config().file, asked},
    })
    return {data: undefined, text: end.ending === 'hang-up' ? '' : end.summary}
  } finally {
    port.close()
    if (!signal.aborted) await monitor.stop()
  }
}

/** Probes and alerts: loaded beside the first picture. Where nobody watches, this process is about to. */
function openMonitorLate(app: AppContext, changed: () => void): LateMonitor {
  const lease = monitorLease(app.store().database, 'console')
  return lateMonitor({
    open: async () => {
      app.live.keepChecked()
      const [{openMonitor}, {outward}] = await Promise.all([import('./monitor.ts'), import('../alerts/outward.ts')])
      return openMonitor(app, 'console', {outward, onChange: changed})
    },
    before: () => {
      const holder = lease.holder(app.clock.now())
      const inForce = holder?.inForce ?? app.live.inForce()
      return {...watcherStatus(holder, app.history(), !holder), inForce, trouble: undefined}
    },
    changed,
  })
}

interface PortParts {
  readonly engine: Engine
  readonly bell: Bell
  readonly source: ReturnType<typeof snapshotSource>
  readonly own: Pick<ConsolePort, 'refresh' | 'keymap'>
  readonly environment: string | undefined
}

/** The screens' way to the world. Whatever fails here is told, never thrown into a frame. */
export function createPort(app: AppContext, parts: PortParts): ConsolePort & {close(): void} {
  const {engine, bell} = parts
  let environment = parts.environment ?? app.config().environments[0]?.name ?? ''
  let last: Snapshot | undefined
  /** What the last plan was made with: its secret parameters are not in the plan itself. */
  let given: {readonly plan: string; readonly input: string} | undefined
  const openRuns = (): readonly string[] => last?.runs.filter(run => run.endedAt === undefined).map(run => run.id) ?? []
  const watched = watchState({stateDir: app.stateDir, store: app.store(), openRuns}, () => bell.ring())
  const runbooks = watchRunbooks({
    directories: () => app.runbookDirectories(),
    load: directories =>
      app
        .stalls()
        .watch('loading the runbooks', () => listRunbooks(directories, app.options.modules), LOADED_WITHIN_MS),
    changed: () => bell.ring(),
  })
  const changes = consoleChanges(app)
  const starter = openConsoleStarter(app)
  const looks = consoleLooks(app, {
    engine,
    environment: () => environment,
    last: () => last,
    changed: () => bell.ring(),
  })
  return {
    ...looks,
    ...parts.own,
    snapshot: untilRung(bell, () => (last = readSafely(() => parts.source.read(environment), last)), SILENT),
    subscribe: changed => bell.listen(changed),
    runbooks: runbooks.rows,
    plan: async (runbook, params, signal) => {
      const input = JSON.stringify(params)
      const args = ['plan', runbook, '--env', environment, '--params', STDIN]
      const plan = await callProgram<Plan>(app, args, {input, signal})
      given = {plan: plan.run, input}
      return plan
    },
    standBy: plan => starter.standBy(plan),
    start: async (plan, said) => {
      changes.admitStart(plan, said.reason)
      return starter.start(plan, {...said, params: given?.plan === plan.run ? given.input : '{}'})
    },
    run: id => quietly(() => engine.state(id)),
    output: (id, {last: count}) => quietly(() => engine.output(id, count)) ?? {lines: [], total: 0},
    pages: id => engine.pages(id),
    report: id => quietly(() => app.runs().run(id).report()),
    progress: id => quietly(() => engine.progress(id)),
    ...consoleAnswers(engine),
    handOver: argv => changes.handOver(environment, argv),
    acknowledge: async (alert, note) => {
      await changes.acknowledge(environment, alert, note)
      bell.ring()
    },
    silence: async (alert, wish) => {
      await changes.silence(environment, alert, wish)
      bell.ring()
    },
    sendAgain: (letters, reason) => changes.sendAgain(environment, letters, reason).finally(() => bell.ring()),
    audit: query => app.audit().list(query),
    selectEnvironment: name => {
      environment = name
      bell.ring()
    },
    now: () => app.clock.now(),
    close: () => {
      looks.logs(undefined, false)
      runbooks.close()
      starter.standBy(undefined)
      watched.close()
    },
  }
}
