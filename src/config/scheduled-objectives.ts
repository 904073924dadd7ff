import {mostDaysBetween, parseCron} from '../units/cron.ts'
import type {PlacedConfig} from './place.ts'

const [HOUR_MS, DAY_MS] = [3_600_000, 86_400_000]
/** A backup may take its time. */
const PATIENCE_MS = 2 * HOUR_MS

/**
 * A backup whose `rpo` is left out is judged by the schedules that take it: one that is taken on Mondays is not too old on
 * Tuesday. Of the log that pgBackRest archives a schedule says nothing. Pure.
 */
export function withScheduledObjectives(config: PlacedConfig, document: unknown): PlacedConfig {
  const {backups, schedules} = config
  if (backups.length === 0 || schedules.length === 0) return config
  const written = (document as {readonly backups?: readonly {readonly rpo?: unknown}[]}).backups
  const judged = backups.map((backup, index) => {
    if (written?.[index]?.rpo !== undefined || backup.method === 'pgbackrest') return backup
    const only = backups.filter(({environment}) => environment === backup.environment).length === 1
    const waits = schedules
      .filter(
        ({enabled, runbook, environment}) => enabled && runbook === 'backup' && environment === backup.environment,
      )
      .filter(({params}) => (params['backup'] ?? (only ? backup.name : undefined)) === backup.name)
      .map(({cron, every}) => longestWait(cron, every))
    return waits.length === 0 ? backup : {...backup, rpo: Math.max(backup.rpo, Math.min(...waits) + PATIENCE_MS)}
  })
  return {...config, backups: judged}
}

/** From one run to the next, at most. */
function longestWait(cron: string | undefined, every: number | undefined): number {
  const parsed = cron === undefined ? undefined : parseCron(cron)
  return parsed === undefined ? (every ?? 0) : mostDaysBetween(parsed) * DAY_MS
}
