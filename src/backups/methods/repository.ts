import type {BackupEntry} from '../rows.ts'
import type {Verification} from '../verification.ts'
import type {ArchivedSegment, WalHole, WalIndex} from '../wal/continuity.ts'

/** How much of a cluster a physical backup copies. */
export type PhysicalKind = 'full' | 'diff' | 'incr'

/** One backup of a repository, as its own catalogue tells. */
export interface RepositoryBackup {
  readonly label: string
  /** The repository that it is in, by its number. */
  readonly repository: number
  readonly kind: PhysicalKind
  /** Backups that it cannot be restored without. */
  readonly needs: readonly string[]
  readonly startedAt: number
  /** From this moment on it can be rolled forward to. */
  readonly stoppedAt: number
  readonly timeline: number
  /** Numbers of the segments that make it consistent. */
  readonly firstSegment: number
  readonly lastSegment: number
  /** Names of the same. */
  readonly wal: {readonly from: string; readonly to: string}
  readonly stopLsn: string
  readonly databaseBytes: number
  readonly storedBytes: number
  /** Pages whose checksum was wrong when they were copied. */
  readonly pageErrors: boolean
  readonly annotations: Readonly<Record<string, string>>
  /** Of what the catalogue says about it: records about another backup of that name do not count. */
  readonly digest: string
}

/** A backup with what our own look at the archive says about it. */
export interface JudgedBackup extends RepositoryBackup {
  /** Why it cannot be used; undefined when nothing speaks against it. */
  readonly fault: string | undefined
  /** The last segment that it can be rolled forward to; undefined when it cannot be used. */
  readonly reach: ArchivedSegment | undefined
}

/** All moments of it can be restored to. */
export interface RecoveryWindow {
  readonly from: number
  /** When the last segment without a hole before it was archived: the last moment that it can hold. */
  readonly to: number
  readonly lastSegment: string
}

/** One of the repositories of a stanza; its log goes to all of them, a backup into one. */
export interface ReadableRepository {
  readonly number: number
  /** `none` when it is not encrypted. */
  readonly cipher: string
  /** Of the newest cluster of that name: `15-1`. */
  readonly archiveId: string
}

/** A repository as it is now: its catalogue, and our own check of its archive. */
export interface RepositoryView {
  readonly stanza: string
  readonly serverVersion: string
  readonly systemIdentifier: string
  /** `none` when it is not encrypted. */
  readonly cipher: string
  readonly repositories: number
  /** Those that can be read. */
  readonly readable: readonly ReadableRepository[]
  /** What keeps the others, or a second copy, from being any good: in words. */
  readonly repositoryFaults: readonly string[]
  /** Whether a backup is being taken. */
  readonly busy: boolean
  /** Newest first. */
  readonly backups: readonly JudgedBackup[]
  readonly wal: WalIndex
  readonly segments: number
  /** After the oldest usable backup; older ones matter to nobody. */
  readonly holes: readonly WalHole[]
  /** Newest stretch, undefined when nothing is usable. */
  readonly window: RecoveryWindow | undefined
}

/**
 * A method that keeps its copies in a repository of its own, with the log of everything that was written since. Its
 * catalogue is read, never kept a second time; an exit code of its program is never believed.
 */
export interface BackupRepository {
  /** Where it is, for people. */
  readonly address: string
  read(signal: AbortSignal): Promise<RepositoryView>
  /** As a person would type it. */
  takeCommand(kind: PhysicalKind): string
  /** Raises `backup/failed`, also when the program said that all was well and it is not. Its label. */
  take(kind: PhysicalKind, annotations: Readonly<Record<string, string>>, signal: AbortSignal): Promise<string>
  /** Reads all files of one backup and the log that makes it consistent. */
  verify(label: string, signal: AbortSignal): Promise<Pick<Verification, 'ok' | 'fault' | 'reason'>>
  removeCommand(label: string): string
  /** Removes a backup and all that need it. */
  remove(label: string, signal: AbortSignal): Promise<void>
  /** The bytes of one segment, decrypted, decompressed, and compared with the checksum in its name. */
  segment(view: RepositoryView, of: ArchivedSegment, signal: AbortSignal): Promise<Uint8Array>
  /** What a backup holds: its databases, and where its tablespaces are. */
  contents(
    label: string,
    signal: AbortSignal,
  ): Promise<{
    readonly databases: readonly string[]
    readonly tablespaces: readonly {readonly name: string; readonly was: string}[]
  }>
  /** Arguments that bring a backup into an empty directory, with all its tablespaces below another. */
  restoreArguments(options: {
    readonly label: string
    readonly data: string
    readonly tablespaces: string
    readonly recovery: readonly string[]
  }): readonly string[]
}

/** An entry of the catalogue of such a repository. */
export interface PhysicalEntry extends BackupEntry {
  readonly kind: PhysicalKind
  readonly needs: readonly string[]
}
