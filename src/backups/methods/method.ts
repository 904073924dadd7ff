import type {OpsTools} from '../../kinds/ops-tools.ts'
import type {Fit} from '../fit.ts'
import type {Manifest} from '../manifest.ts'
import type {ScratchServer} from '../scratch.ts'
import type {SwapNames, SwapResult} from '../swap-names.ts'
import type {UnfinishedFile} from '../storage/storage.ts'
import type {BackupRepository} from './repository.ts'

/** What is copied, as it is now, for plans and confirmations. */
export interface LiveDatabase {
  /** What it is called when it is no database of a server. */
  readonly noun?: 'file' | 'directory' | 'server' | 'cluster'
  /** Its name on the server, or in its directory: what has to be typed. */
  readonly name: string
  readonly server: string
  readonly exists: boolean
  readonly bytes: number
  readonly sessions: number
  readonly serverVersion: string
  readonly major: number
}

/** Where a copy goes: beside what is live, on its server or in its directory, or into a scratch place. */
export interface CopyPlace {
  /** The name that it has there. */
  readonly database: string
  /** Beside what is live when left out. */
  readonly scratch?: ScratchServer
}

/** What a restored copy was found to hold. */
export interface Proof {
  readonly ok: boolean
  readonly tables: number
  readonly rows: number
  readonly checks: readonly {readonly name: string; readonly ok: boolean; readonly reason: string}[]
  readonly differences: readonly {readonly table: string; readonly reason: string}[]
  /** One line for people. */
  readonly reason: string
  readonly durationMs: number
}

/** What only the method knows of a backup that it has taken: the bytes stored, the moment, the measurements. */
export type Taken = Without<Manifest, GivenByUs>
type GivenByUs =
  | 'v'
  | 'id'
  | 'backup'
  | 'environment'
  | 'file'
  | 'finishedAt'
  | 'durationMs'
  | 'recipients'
  | 'checks'
  | 'run'
  | 'purpose'
  | 'globals'

/** `Omit` would leave of several methods only what they have in common. */
type Without<Of, Keys extends PropertyKey> = Of extends unknown ? Omit<Of, Keys> : never

export interface TakeTools extends Pick<OpsTools, 'signal' | 'clock' | 'log' | 'progress'> {
  /** To be called when the source gives its data and no further connection to it is needed. */
  readonly connected?: () => void
}

/** Names of roles and tablespaces. */
export interface MissingGlobals {
  readonly roles: readonly string[]
  readonly tablespaces: readonly string[]
}

/** What is done to a copy, as a person would type it; for the record. */
export interface CopyCommands {
  readonly make: string
  /** Left out where there is nothing to make faster. */
  readonly analyze?: string
  readonly drop: string
  readonly write: string
}

/** Puts a proved copy in the place of what is live, by their names. What was live is kept under another name. */
export interface CopySwap {
  /** The three names for a run. */
  names(live: string, run: string): SwapNames
  describe(names: SwapNames): string
  /** Raises `backup/restore`; everything is as it was then. */
  swap(names: SwapNames, options: {readonly signal: AbortSignal; readonly now: () => number}): Promise<SwapResult>
  existing(names: readonly string[], signal: AbortSignal): Promise<ReadonlySet<string>>
  describeInstall(names: SwapNames): string
  /** Gives the copy the live name, which is free. */
  install(names: SwapNames, signal: AbortSignal): Promise<void>
  /** Removes what was live, when nobody misses it; for a person to type. */
  removeCommand(names: SwapNames): string
}

/** Makes scratch places of its own kind. Removing one is the same for all. */
export interface ScratchMaker {
  /** Decides where it would be. Changes nothing. */
  plan(): Promise<ScratchServer>
  start(server: ScratchServer, options: {readonly run: string; readonly signal: AbortSignal}): Promise<void>
}

/** Data of backups whose manifests are in our storage, kept by another program. */
export interface OutsideCopies {
  /** For people: `the repository of restic`. */
  readonly address: string
  /** What is there, by the names that manifests give it. */
  present(signal: AbortSignal): Promise<ReadonlySet<string>>
  /** Nothing to do when there is nothing of it. */
  remove(id: string, signal: AbortSignal): Promise<void>
}

/** A way to copy one source into a stream and to bring it back. One folder for each. */
export interface BackupMethod {
  /** Where it keeps its copies itself, instead of writing them into our storage. */
  readonly repository?: BackupRepository
  /** What it keeps outside of our storage, which has the manifests. Left out by most. */
  readonly outside?: OutsideCopies
  /** The source as it is now. Raises `database/unreachable`. */
  live(): Promise<LiveDatabase>
  /** What `take` does, as a person would type it; its output goes on to age. */
  takeCommand(): Promise<string>
  /**
   * Writes a compressed, sealed copy, and says what is in it: copy and measurements show the same moment. `file` is neither
   * committed nor aborted. Raises `process/failed`, `process/missing`, `database/unreachable`.
   */
  take(
    into: {readonly id: string; readonly file: UnfinishedFile; readonly recipients: readonly string[]},
    tools: TakeTools,
  ): Promise<Taken>
  /**
   * Writes what the source needs around it and its server shares with others (roles, tablespaces), sealed, as text that a
   * person can carry out. Left out by methods whose sources stand alone.
   */
  takeGlobals?(
    into: {readonly file: UnfinishedFile; readonly recipients: readonly string[]},
    tools: TakeTools,
  ): Promise<{readonly sha256: string; readonly storedBytes: number; readonly passwords: boolean}>
  /** Of such a text, what the place has not: by name. Changes nothing. */
  missingGlobals?(text: string, place: Pick<CopyPlace, 'scratch'>, signal: AbortSignal): Promise<MissingGlobals>
  /** Makes exactly that. What is there stays as it is. */
  createGlobals?(text: string, place: Pick<CopyPlace, 'scratch'>, signal: AbortSignal): Promise<MissingGlobals>
  /** How a server suits a backup, without a lock and without a change. Raises `database/unreachable`. */
  fit(of: Manifest, place: Pick<CopyPlace, 'scratch'>, signal: AbortSignal): Promise<Fit>
  /** Reads an opened, still compressed copy to its end, into nothing. Raises what is wrong with it. */
  check(copy: AsyncIterable<Uint8Array>, of: Manifest, signal: AbortSignal): Promise<void>
  /** What `fill` does with an opened copy, as a person would type it. */
  fillCommand(place: CopyPlace): string
  commands(place: CopyPlace): CopyCommands
  /** Left out by methods whose copies cannot take the place of what is live. */
  readonly swap?: CopySwap
  /** Left out by those that need a PostgreSQL server. */
  readonly scratch?: ScratchMaker
  /** Makes an empty place like the one that was copied, with what the copy needs around it: owner, roles, settings. */
  prepare(of: Manifest, place: CopyPlace, signal: AbortSignal): Promise<void>
  /** Fills it with an opened, still compressed copy; the first error ends it. */
  fill(
    copy: AsyncIterable<Uint8Array>,
    of: Manifest,
    place: CopyPlace,
    tools: {readonly signal: AbortSignal; readonly log: (line: string) => void},
  ): Promise<void>
  /** Compares what was filled with the measurements of the backup, and asks the declared checks. Changes nothing. */
  prove(
    of: Manifest,
    place: CopyPlace,
    options: {
      readonly checks: Manifest['checks']
      readonly signal: AbortSignal
      readonly progress: (done: number, total: number) => void
      readonly now: () => number
    },
  ): Promise<Proof>
  /** Makes it as fast as the original; `ANALYZE` for PostgreSQL. */
  analyze(place: CopyPlace, signal: AbortSignal): Promise<void>
  /** Writes durably, reads, and takes it away again, the way an application would come. */
  writeOnce(place: CopyPlace, signal: AbortSignal): Promise<void>
  /** Removes a copy with the sessions on it. Nothing to do when it is not there. */
  drop(place: CopyPlace, signal: AbortSignal): Promise<void>
}
