import type {WatchedRow} from '../monitors/rows.ts'
import type {Sample} from '../monitors/sample.ts'
import type {ReleaseConfig} from './config.ts'
import type {ReleaseRow} from './rows.ts'
import type {ReleaseDetail} from './target.ts'

/** What is known of one target now: the row every watched thing shows, and its newest sample. */
export interface Known {
  readonly row: WatchedRow
  readonly sample: Sample | undefined
}

const NOTHING: ReleaseDetail = {
  live: undefined,
  version: undefined,
  rollback: {ready: false, slot: undefined, version: undefined, reason: 'not probed yet'},
  slots: [],
  requestsPerSecond: undefined,
  errorRate: undefined,
}

/** One row for each configured release. `knownOf` is the monitor's view of a target. */
export function releaseRows(
  config: {readonly releases: readonly (ReleaseConfig & {readonly environment: string})[]},
  knownOf: (target: {
    readonly kind: 'release'
    readonly environment: string
    readonly name: string
    readonly intervalMs: number
  }) => Known,
): readonly ReleaseRow[] {
  return config.releases.map(release => {
    const {environment, name, interval} = release
    const {row, sample} = knownOf({kind: 'release', environment, name, intervalMs: interval})
    const served = release.service === undefined ? {} : {service: release.service}
    return {...row, ...served, ...((sample?.detail as ReleaseDetail | undefined) ?? NOTHING)}
  })
}
