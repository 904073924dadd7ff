import type {Check} from '../../monitors/sample.ts'
import type {Row} from './kept.ts'
import {isTrue, numberOf} from './standby.ts'

/** Where it is said that nothing may be written; null where writing is as usual. */
export const READ_ONLY_COLUMN = `(select source from pg_settings
    where name = 'default_transaction_read_only' and setting = 'on') as read_only_by`

/** Whom each commit of this session waits for; null: for nobody. */
export const COMMITS_WAIT_COLUMN = `(select setting from pg_settings where name = 'synchronous_standby_names' and setting <> ''
    and not pg_is_in_recovery() and current_setting('synchronous_commit') not in ('off', 'local')) as commits_wait_for`

/** How many of them there are; a role without pg_monitor sees them, not what they are, and any of them may be one. */
export const SYNCHRONOUS_COLUMN = `(select count(*) from pg_stat_replication
    where coalesce(sync_state, 'sync') in ('sync', 'quorum')) as synchronous_standbys`

/** Of a role or a database it may be meant; of a server it is what a provider does when its disk is full. */
const BY_SERVER = new Set(['configuration file', 'command line', 'environment variable', 'global'])

/** None where a standby, or a role, is not to write anyway. */
export function readOnlyChecks(row: Row): readonly Check[] {
  if (isTrue(row['standby']) || !BY_SERVER.has(row['read_only_by'] ?? '')) return []
  return [{name: 'writes', status: 'degraded', detail: 'refused: the server has default_transaction_read_only on'}]
}

/** A server that waits for standbys which are not there answers every query, and no commit ever ends. */
export function commitChecks(row: Row): readonly Check[] {
  const names = row['commits_wait_for']
  const there = numberOf(row['synchronous_standbys'])
  if (names == null || there === undefined) return []
  const wanted = Number(/^\s*(?:first|any)?\s*(\d+)\s*\(/i.exec(names)?.[1] ?? 1)
  return there >= wanted
    ? []
    : [
        {
          name: 'commits',
          status: 'degraded',
          detail: `wait for synchronous standbys (${names}): ${there} of ${wanted} there`,
        },
      ]
}
