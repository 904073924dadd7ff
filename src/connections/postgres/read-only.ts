import type {Check} from '../../monitors/sample.ts'
import type {Row} from './kept.ts'
import {isTrue} from './standby.ts'

/** Where it is said that nothing may be written; null where writing is as usual. */
export const READ_ONLY_COLUMN = `(select source from pg_settings
    where name = 'default_transaction_read_only' and setting = 'on') as read_only_by`

/** Of a role or a database it may be meant; of a server it is what a provider does when its disk is full. */
const BY_SERVER = new Set(['configuration file', 'command line', 'environment variable', 'global'])

/** None where a standby, or a role, is not to write anyway. */
export function readOnlyChecks(row: Row): readonly Check[] {
  if (isTrue(row['standby']) || !BY_SERVER.has(row['read_only_by'] ?? '')) return []
  return [{name: 'writes', status: 'degraded', detail: 'refused: the server has default_transaction_read_only on'}]
}
