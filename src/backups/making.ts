import type {PhysicalKind} from './methods/repository.ts'
import type {BackupEntry} from './rows.ts'
import type {Verification} from './verification.ts'

/** Taking backups, and finding out whether they are worth anything. */
export interface MakingOps {
  /** Takes one: streamed, compressed, encrypted, with its manifest. `kind` is for methods that know one (incr). Raises `backup/failed`; nothing is left then. */
  create(purpose?: 'regular' | 'safety', kind?: PhysicalKind): Promise<BackupEntry>
  /**
   * Reads one to its end and records the result beside it. A bad one is a result, not an error. Raises `backup/missing`,
   * `backup/damaged` and `backup/untrusted` for a manifest that cannot be believed.
   */
  verify(id: string): Promise<Verification>
  /** The same, but a bad one raises `backup/damaged` with its fault by name. */
  requireSound(id: string): Promise<Verification>
}
