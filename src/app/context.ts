import path from 'node:path'
import type {CheckedConfigs} from '../config/checked.ts'
import type {ResolveSecret} from '../config/fields.ts'
import type {Config} from '../config/schema.ts'
import {type LiveConfig, openLiveConfig} from '../config/live.ts'
import {runbookDirectories} from '../config/runbook-directories.ts'
import {openCleaning} from '../config/open-cleaning.ts'
import {createSecretResolver} from '../config/secrets.ts'
import type {Actor} from '../identity/actor.ts'
import {detectActor} from '../identity/detect.ts'
import {execProgram} from '../processes/run.ts'
import type {ProgramHome} from '../runbooks/load.ts'
import type {ModuleWatch} from '../runbooks/module-watch.ts'
import {openAuditLog, type StoredAuditLog} from '../store/audit-log.ts'
import {openLockStore} from '../store/locks.ts'
import {configuredSharedLocks} from '../store/shared-locks/configured.ts'
import {openStore, type Store} from '../store/open.ts'
import {sampleHistory} from '../store/samples.ts'
import type {History} from '../monitors/history.ts'
import {readKeptConfig} from '../store/kept-config.ts'
import {monitorLease} from '../store/lease.ts'
import {fileMemory} from '../store/memory.ts'
import {targetRecords} from '../store/records.ts'
import {runStore} from '../store/runs/run-store.ts'
import {escapeText} from '../text/escape.ts'
import {type Matcher, openMatcher} from '../text/matcher.ts'
import {createRedactor, redactAnnounced} from '../text/redact.ts'
import {openTrust, type Trust} from '../trust/trust.ts'
import {systemClock} from '../units/clock.ts'
import {openStallWatch} from '../runs/stall-watch.ts'
import {hasUnknownStep} from '../runs/read-state.ts'
import type {RunsContext} from '../runs/context.ts'
import type {Standby} from '../runs/standby.ts'
import {openAppGate} from './app-gate.ts'
import {type DebugLog, loggedExec, openDebugLog} from '../processes/debug-log.ts'
import {once} from '../units/once.ts'
import type {KindTools} from '../kinds/define-kind.ts'
import {openTrailWatch} from '../store/verify-trail.ts'
import {stateDirectory} from '../store/state-dir.ts'
import type {Cleaning} from '../monitors/clean-target.ts'
import type {Target} from '../monitors/sample.ts'
import {allTargets} from '../config/all-targets.ts'

export interface AppOptions {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly cwd: string
  readonly configFile: string | undefined
  /** Nothing may be changed by this process, nor by those that it starts. */
  readonly readOnly?: boolean
  /** Reason that a person typed for going on although the audit trail is broken. */
  readonly despiteBrokenTrail?: string | undefined
  /** Reason that a person typed for changing something in a change freeze. */
  readonly overrideFreeze?: string | undefined
  /** The program itself, to start runners and planners with: `cli.ts` or `dist/cli.mjs`. */
  readonly entry: string
  /** A runner that got ready beside this process, for the plan that it makes. */
  readonly standby?: Standby | undefined
  /** Of a console, which is to be there at once. */
  readonly checked?: CheckedConfigs | undefined
  /** Sees what runbooks load. */
  readonly modules?: ModuleWatch
  /** Where shipped runbooks and the importable API are. */
  readonly home: ProgramHome
}

/** What every way into the program shares. Everything opens on first use and closes in reverse order. */
export interface AppContext extends RunsContext, Required<Pick<KindTools, 'memory' | 'records'>> {
  readonly options: AppOptions
  readonly audit: () => StoredAuditLog
  readonly brokenTrail: () => string | undefined
  readonly store: () => Store
  /** One for the process: monitor and screens see the same, also when the disk is full. */
  readonly history: () => History
  /** Runs expressions of the configuration. */
  readonly matcher: () => Matcher
  /** What may say what runs here. */
  readonly trust: Trust
  /** What is in force in this process: `config` follows it. */
  readonly live: LiveConfig
  /** Everything that is watched, not probed yet; new ones each time. */
  readonly targets: (of?: Config) => readonly Target[]
  /** How what came from outside may be kept and shown. */
  readonly cleaning: Cleaning
  /** Places in the configuration of secrets that are too short to be redacted, as far as they have been read. */
  readonly shortSecrets: ReadonlySet<string>
  /** Only when somebody looks for a fault: `OPSCONSOLE_DEBUG=1`. */
  readonly debug: DebugLog | undefined
}

export function openAppContext(options: AppOptions, knownActor?: Actor): AppContext {
  const redactor = createRedactor()
  const opened: {readonly name: string; readonly close: () => void}[] = []
  const keep = <T extends {close(): void}>(name: string, thing: T): T => {
    opened.push({name, close: () => thing.close()})
    return thing
  }
  const stateDir = stateDirectory(options.env)
  const trust = openTrust(options.env)
  const live = openLiveConfig({
    file: options.configFile,
    ...options,
    admit: file => trust.admit('the configuration', file),
    kept: () => (watcher() ? readKeptConfig(stateDir, trust) : undefined),
  })
  const {config, current} = live
  const watcher = () => monitorLease(store().database, '').holder(systemClock.now())
  const debug =
    options.env['OPSCONSOLE_DEBUG'] === '1'
      ? openDebugLog({stateDir, clock: systemClock, redact: text => redactor.redact(text)})
      : undefined
  const actor = once(() => knownActor ?? detectActor(options.env))
  const resolver = once(() =>
    createSecretResolver({
      exec: execProgram,
      env: options.env,
      cwd: path.dirname(config().file),
      remember: value => redactor.add(value),
    }),
  )
  const resolveSecret: ResolveSecret = ref => resolver()(ref)
  const store = once(() => keep('store', openStore(stateDir)))
  const runs = once(() => runStore(stateDir, systemClock))
  const redact = (text: string): string => escapeText(redactAnnounced(redactor.redact(text)))
  const brokenTrail = openTrailWatch(stateDir)
  const audit = once(() => keep('audit', openAuditLog({...options, ...tools, stateDir, actor: actor(), redact})))
  const exec = debug ? loggedExec(execProgram, debug) : execProgram
  const records = targetRecords(() => store().database)
  const tools = {config, clock: systemClock, exec, secret: resolveSecret, memory: fileMemory(stateDir), records}
  const {rememberDeclared, cleaning, shortSecrets} = openCleaning({config, secret: resolveSecret, redactor})
  const matcher = once(() => keep('matcher', openMatcher(systemClock)))
  const targets = (of = config()): readonly Target[] => allTargets(of, {...tools, matcher: matcher()}, cleaning)
  return {
    ...tools,
    live,
    matcher,
    trust,
    debug,
    options,
    stateDir,
    redactor,
    rememberDeclared,
    cleaning,
    shortSecrets,
    targets,
    actor,
    gate: openAppGate({...options, audit, current, brokenTrail, clock: systemClock}),
    brokenTrail,
    audit,
    locks: once(() =>
      keep('locks', openLockStore({stateDir, clock: systemClock, hasUnknownStep: run => hasUnknownStep(runs(), run)})),
    ),
    sharedLocks: once(() => {
      const shared = configuredSharedLocks({config: config(), secret: resolveSecret, runs: runs()})
      return shared && keep('shared locks', shared)
    }),
    store,
    runs,
    history: once(() => sampleHistory(store().database)),
    ops: async () =>
      (await import('../runs/load-ops.ts')).loadOps(config(), {...tools, watcher, matcher: matcher(), targets}),
    askProbes: () => monitorLease(store().database, 'run').askRefresh(),
    stalls: once(() => keep('stall watch', openStallWatch())),
    runbookDirectories: () => runbookDirectories(config(), options.home, trust),
    close: () => {
      for (const {close} of opened.toReversed()) close()
    },
  }
}
