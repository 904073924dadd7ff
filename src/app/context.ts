import path from 'node:path'
import type {Config} from '../config/schema.ts'
import type {ResolveSecret} from '../config/fields.ts'
import {loadConfig} from '../config/load.ts'
import {secretRefs} from '../config/secret-refs.ts'
import {createSecretResolver} from '../config/secrets.ts'
import {addressOfRef} from '../connections/address.ts'
import {OpsError} from '../errors.ts'
import type {Actor} from '../identity/actor.ts'
import {detectActor} from '../identity/detect.ts'
import type {Exec} from '../processes/exec.ts'
import {execProgram} from '../processes/run.ts'
import type {Outcome} from '../runbooks/events.ts'
import type {ProgramHome, RunbookDirectory} from '../runbooks/load.ts'
import {openAuditLog, type StoredAuditLog} from '../store/audit-log.ts'
import {openLockBook, type StoredLockBook} from '../store/locks.ts'
import {openSharedLocks, type SharedLockBook} from '../store/shared-locks/book.ts'
import {openStore, type Store} from '../store/open.ts'
import {sampleHistory} from '../store/samples.ts'
import type {History} from '../monitors/history.ts'
import {readRunState} from '../store/runs/journal.ts'
import {runFiles} from '../store/runs/directory.ts'
import {escapeText} from '../text/escape.ts'
import {createRedactor, type Redactor, redactAnnounced} from '../text/redact.ts'
import {type Clock, systemClock} from '../units/clock.ts'
import {openStallWatch, type StallWatch} from '../runs/stall-watch.ts'
import type {Standby} from '../runs/runner-process.ts'
import {stateDirectory} from './state-dir.ts'

export interface AppOptions {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly cwd: string
  readonly configFile: string | undefined
  /** The program itself, to start runners and planners with: `cli.ts` or `dist/cli.mjs`. */
  readonly entry: string
  /** A runner that got ready beside this process, for the plan that it makes. */
  readonly standby?: Standby | undefined
  /** Where shipped runbooks and the importable API are. */
  readonly home: ProgramHome
}

/** What every way into the program shares. Everything opens on first use and closes in reverse order. */
export interface AppContext {
  readonly options: AppOptions
  readonly clock: Clock
  readonly exec: Exec
  readonly redactor: Redactor
  readonly secret: ResolveSecret
  /** Reads every secret that the configuration declares, so that none is printed. One that cannot be read cannot leak. */
  readonly rememberDeclared: () => Promise<void>
  readonly stateDir: string
  readonly config: () => Config
  readonly actor: () => Actor
  readonly audit: () => StoredAuditLog
  readonly locks: () => StoredLockBook
  /** Locks that other hosts respect; undefined when none are configured. */
  readonly sharedLocks: () => SharedLockBook | undefined
  readonly store: () => Store
  /** One for the process: monitor and screens see the same, also when the disk is full. */
  readonly history: () => History
  /** Over code of runbooks that may never come back. */
  readonly stalls: () => StallWatch
  readonly runbookDirectories: () => readonly RunbookDirectory[]
  close(): void
}

export function openAppContext(options: AppOptions, known: {readonly actor?: Actor} = {}): AppContext {
  const redactor = createRedactor()
  const opened: {readonly name: string; readonly close: () => void}[] = []
  const keep = <T extends {close(): void}>(name: string, thing: T): T => {
    opened.push({name, close: () => thing.close()})
    return thing
  }
  const stateDir = stateDirectory(options.env)
  const config = once(() => loadConfig({file: options.configFile, env: options.env, cwd: options.cwd}))
  const actor = once(() => known.actor ?? detectActor(options.env))
  const secret = once(() =>
    createSecretResolver({
      exec: execProgram,
      env: options.env,
      cwd: path.dirname(config().file),
      remember: value => redactor.add(value),
    }),
  )
  const store = once(() => keep('store', openStore(stateDir)))
  return {
    options,
    stateDir,
    clock: systemClock,
    exec: execProgram,
    redactor,
    secret: ref => secret()(ref),
    rememberDeclared: once(async () => {
      // A command may ask a person, or take long: its secret is known from its first use on.
      const refs = secretRefs(config()).filter(({ref}) => typeof ref === 'string' || !('command' in ref))
      await Promise.allSettled(refs.map(({ref}) => secret()(ref)))
    }),
    config,
    actor,
    audit: once(() =>
      keep(
        'audit',
        openAuditLog({
          stateDir,
          actor: actor(),
          clock: systemClock,
          redact: text => escapeText(redactAnnounced(redactor.redact(text))),
        }),
      ),
    ),
    locks: once(() =>
      keep('locks', openLockBook({stateDir, clock: systemClock, hasUnknownStep: run => hasUnknownStep(stateDir, run)})),
    ),
    sharedLocks: once(() => {
      const configured = config().sharedLocks
      if (configured === undefined) return undefined
      const {url, expiry} = configured
      const hasEnded = (run: string): boolean => outcomeOf(stateDir, run) !== undefined
      return keep(
        'shared locks',
        openSharedLocks({
          url: () => secret()(url),
          address: addressOfRef(url),
          expiryMs: expiry,
          clock: systemClock,
          hasEnded,
        }),
      )
    }),
    store,
    history: once(() => sampleHistory(store().database)),
    stalls: once(() => keep('stall watch', openStallWatch())),
    runbookDirectories: () => [
      ...config().policy.runbooks.map(directory => ({
        path: path.resolve(path.dirname(config().file), directory),
        shipped: false,
      })),
      {path: options.home.runbooks, shipped: true},
    ],
    close: () => {
      for (const {close} of opened.toReversed()) close()
    },
  }
}

/** How a run of this state directory ended; undefined when it has not, or is not known here. */
function outcomeOf(stateDir: string, run: string): Outcome | undefined {
  try {
    return readRunState(runFiles(stateDir, run).journal, run).outcome
  } catch {
    return undefined
  }
}

/** A run that has not ended and has a step in flight: nobody knows whether that happened. */
function hasUnknownStep(stateDir: string, run: string): boolean {
  try {
    const state = readRunState(runFiles(stateDir, run).journal, run)
    return (
      state.outcome === undefined &&
      state.steps.some(view => view.state === 'running' || view.state === 'undoing' || view.state === 'unknown')
    )
  } catch (error) {
    return !(error instanceof OpsError && error.code === 'run/unknown')
  }
}

export function once<T>(make: () => T): () => T {
  let made: {readonly value: T} | undefined
  return () => (made ??= {value: make()}).value
}
