import type {ReleaseRow} from '../../releases/rows.ts'
import {formatAge, formatDuration} from '../../units/duration.ts'
import {formatCount, formatShare} from '../../units/number.ts'
import type {Command} from '../command.ts'
import {alignColumns} from '../runs/table.ts'

export const command: Command = {
  name: 'releases',
  summary: 'Show every release: live version, slots, traffic, and whether a rollback is ready',
  run: async (_input, context) => {
    const {releases} = await context.snapshot()
    return {data: releases, text: releasesText(releases, context.clock.now())}
  },
}

/** A paragraph a release: what is live, the way back, and its instances. */
export function releasesText(releases: readonly ReleaseRow[], now: number): string {
  if (releases.length === 0) return 'No release is configured.'
  return releases.map(row => releaseText(row, now)).join('\n\n')
}

function releaseText(row: ReleaseRow, now: number): string {
  const traffic =
    row.requestsPerSecond === undefined
      ? 'no traffic measured yet'
      : `${formatCount(row.requestsPerSecond)} requests/s, ${row.errorRate === undefined ? 'no errors known' : `${formatShare(row.errorRate)} errors`}`
  const probed = row.at === undefined ? 'never probed' : `probed ${formatAge(row.at, now)}`
  const instances = row.slots.flatMap(slot =>
    slot.instances.map(instance => [
      `  ${slot.name}`,
      slot.role,
      instance.name,
      instance.health,
      instance.version ?? '–',
      instance.traffic,
      String(instance.sessions ?? '–'),
      instance.requestsPerSecond === undefined ? '–' : formatCount(instance.requestsPerSecond),
      instance.reason,
    ]),
  )
  return [
    `${row.name} (${row.environment})  ${row.state}: ${row.reason}; ${probed}`,
    `  live: ${row.version ?? 'no common version'} on ${row.live ?? 'no slot'}; ${traffic}`,
    `  rollback: ${row.rollback.ready ? 'ready' : 'not ready'}, ${row.rollback.reason}`,
    ...(row.controls ?? []).map(
      ({id, words, usersGet, until, inForce}) =>
        `  control ${id}: ${words}, ${inForce === false ? 'not in force any more' : until > now ? `${formatDuration(until - now)} left` : 'its time is over'}; ${usersGet}`,
    ),
    ...(instances.length === 0
      ? []
      : [
          alignColumns([
            ['  SLOT', 'ROLE', 'INSTANCE', 'HEALTH', 'VERSION', 'TRAFFIC', 'HOLDS', 'REQ/S', 'REASON'],
            ...instances,
          ]),
        ]),
    ...versionLines(row.versions ?? [], now),
  ].join('\n')
}

/** What is remembered of versions: who should think twice before going back to one sees it here. */
function versionLines(versions: NonNullable<ReleaseRow['versions']>, now: number): readonly string[] {
  if (versions.length === 0) return []
  const rows = versions.map(({version, fate, at, by = '', run, reason}) => [
    `  ${version}`,
    fate,
    formatAge(at, now),
    by,
    run,
    reason,
  ])
  return [alignColumns([['  VERSION', 'FATE', 'SINCE', 'BY', 'RUN', 'WHY'], ...rows])]
}
