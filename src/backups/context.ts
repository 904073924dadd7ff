import type {OpsTools} from '../kinds/ops-tools.ts'
import type {Access} from './access.ts'
import type {Catalog} from './catalog.ts'
import type {BackupMethod} from './methods/method.ts'
import type {BackupSource} from './source.ts'

/** What the parts of `BackupOps` share. */
export interface OpsContext {
  readonly source: BackupSource
  readonly tools: OpsTools
  readonly catalog: Catalog
  readonly access: Access
  readonly method: BackupMethod
  /** The catalogue of another place of the same backups. */
  readonly openPlace?: (place: BackupSource) => Catalog
}
