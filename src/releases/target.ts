import {messageOf, OpsError} from '../errors.ts'
import type {Memory} from '../kinds/memory.ts'
import type {Records} from '../kinds/records.ts'
import type {ProbeResult, Target} from '../monitors/sample.ts'
import {targetId} from '../monitors/sample.ts'
import type {ProbeTools} from '../probes/probe.ts'
import {escapeLine} from '../text/escape.ts'
import {addressesOf, elsewhere} from './addresses.ts'
import {readControls} from './controls/record.ts'
import {controlRows, withControls} from './controls/rows.ts'
import type {ReleaseConfig} from './config.ts'
import {probeSlots} from './context.ts'
import {type Counters, countersOf, ratesBetween, type TrafficRates} from './counters.ts'
import type {SlotView} from './views.ts'
import {driftOf, type Left, leftWords, NOTHING, readLeft} from './left.ts'
import {moment} from './moment.ts'
import {request} from './request.ts'
import type {ReleaseInstanceRow, ReleaseRow, SlotRow, VersionRow} from './rows.ts'
import {rollbackReadiness, trafficProblem, versionWords} from './slots.ts'
import {trafficDrivers} from './traffic/registry.ts'
import type {TrafficDriver, TrafficState} from './traffic/traffic-driver.ts'

/** What a sample of a release carries for its row. */
export type ReleaseDetail = Pick<
  ReleaseRow,
  'live' | 'version' | 'rollback' | 'slots' | 'versions' | 'requestsPerSecond' | 'errorRate' | 'controls'
>

/** The part of the configuration that releases need. */
export interface ReleasesConfig {
  readonly releases: readonly (ReleaseConfig & {readonly environment: string})[]
}

type ReleaseTools = ProbeTools & {readonly memory?: Memory; readonly records?: Records}

/** One target per configured release. */
export async function releaseTargets(config: ReleasesConfig, tools: ReleaseTools): Promise<readonly Target[]> {
  const openTraffic = await trafficDrivers.load(config.releases.map(({traffic}) => traffic.type))
  return config.releases.map(release => {
    const probe = probeRelease(release, openTraffic(release.traffic, tools), tools)
    return {
      id: targetId('release', release.environment, release.name),
      kind: 'release',
      environment: release.environment,
      name: release.name,
      intervalMs: release.interval,
      timeoutMs: release.timeout,
      probe,
      noted: () => notedOf(release, tools),
    } satisfies Target
  })
}

/** What runs left of it, and which controls they put on. */
const notedOf = (release: ReleasesConfig['releases'][number], {memory, records}: ReleaseTools): string =>
  JSON.stringify([
    memory?.writtenAt?.(targetId('release', release.environment, release.name)),
    records === undefined ? [] : readControls(records, release).map(({id, at}) => [id, at]),
  ])

/** Probes load balancer and instances; keeps the counters of the probe before, for rates. */
function probeRelease(
  config: ReleasesConfig['releases'][number],
  traffic: TrafficDriver,
  tools: ReleaseTools,
): Target['probe'] {
  const target = targetId('release', config.environment, config.name)
  let before: Counters | undefined
  let movedAt: number | undefined
  return async signal => {
    const begin = tools.clock.monotonic()
    const seen = await traffic.state(signal).then(
      state => ({state, problem: undefined, changed: false}),
      (cause: unknown) => ({
        state: undefined,
        problem: escapeLine(messageOf(cause), 300),
        changed: cause instanceof OpsError && cause.code === 'traffic/refused',
      }),
    )
    const slots = await probeSlots({config, request}, seen.state, signal)
    const now = seen.state === undefined ? undefined : countersOf(seen.state, tools.clock.monotonic())
    const counted = now !== undefined && traffic.abilities.perServerCounters
    const rates = counted ? ratesBetween(before, now) : undefined
    before = now
    const latencyMs = tools.clock.monotonic() - begin
    const left = tools.memory === undefined ? NOTHING : readLeft(tools.memory, target)
    const missing = missingOf(config, seen.state)
    // Nobody moved what the load balancer takes off by itself.
    const drift =
      withdrawnIn(config, seen.state, left.live?.slot).length > 0
        ? undefined
        : driftOf(
            {
              release: config.name,
              environment: config.environment,
              now: tools.clock.now(),
              missing,
              elsewhere: elsewhere(left.live?.addresses, addressesOf(config, seen.state)),
            },
            left,
            slots,
          )
    movedAt = drift === undefined ? undefined : (movedAt ?? tools.clock.now())
    const moved = drift === undefined || movedAt === undefined ? undefined : `${drift} (seen since ${moment(movedAt)})`
    // A load balancer that has no such backend any more was changed, too.
    const lost = seen.changed && left.live !== null ? `; ${leftWords(left.live)}` : ''
    const problem = seen.problem === undefined ? undefined : `${seen.problem}${lost}`
    const controls = await controlRows({config, traffic, state: seen.state, records: tools.records, signal})
    return withControls(resultOf({config, slots, state: seen.state, problem, rates, latencyMs, left, moved}), controls)
  }
}

/** What the load balancer itself keeps off, of one slot or of both. */
const withdrawnIn = ({slots}: ReleaseConfig, state: TrafficState | undefined, slot?: string): readonly string[] =>
  slots
    .filter(({name}) => slot === undefined || name === slot)
    .flatMap(({instances}) => instances)
    .flatMap(({name}) => {
      const withdrawn = state?.servers.get(name)?.withdrawn
      return withdrawn === undefined ? [] : [`${name} ${withdrawn}`]
    })

const missingOf = ({slots}: ReleaseConfig, state: TrafficState | undefined): readonly string[] =>
  state === undefined
    ? []
    : slots.flatMap(slot => slot.instances.map(one => one.name)).filter(name => !state.servers.has(name))

/** Of all that are remembered, these are shown. */
const SHOWN_VERSIONS = 10

interface Seen {
  readonly config: ReleaseConfig
  readonly slots: readonly SlotView[]
  readonly state: TrafficState | undefined
  readonly problem: string | undefined
  readonly rates: TrafficRates | undefined
  readonly latencyMs: number
  readonly left?: Left
  /** What is different from what our last run left. */
  readonly moved?: string | undefined
}

/** Pure: what was seen, as a result. Down: users are not served, or nobody knows. */
export function resultOf(seen: Seen): ProbeResult {
  const {config, slots, rates} = seen
  // Beside a canary the slot that serves the rest is the live one.
  const canary = canaryWords(seen) === undefined ? undefined : seen.left?.canary?.slot
  const live = slots.find(slot => slot.role === 'live' && slot.name !== canary)
  const {status, reason} = [seen.state?.closed, seen.moved].reduce(withCause, verdictOf(seen, live))
  const readiness = rollbackReadiness(slots, seen.left)
  const detail: ReleaseDetail = {
    live: live?.name,
    version: live?.version,
    rollback: {ready: readiness.ready, slot: readiness.slot, version: readiness.version, reason: readiness.reason},
    slots: slots.map(slot => slotRow(slot, seen)),
    versions: versionRows(seen.left ?? NOTHING),
    requestsPerSecond: rates?.requestsPerSecond,
    errorRate: rates?.errorRate,
  }
  return {
    status,
    reason,
    latencyMs: seen.latencyMs,
    checks: slots.flatMap(slot =>
      slot.instances.map(instance => ({
        name: instance.id,
        status: instance.state,
        detail: `${instance.version ?? 'no version'}, ${instance.reason}, ${wordOf(seen, instance.id)}`,
      })),
    ),
    values: {
      ...(rates?.requestsPerSecond === undefined ? {} : {requestsPerSecond: rates.requestsPerSecond}),
      ...(rates?.errorRate === undefined ? {} : {errorRate: rates.errorRate}),
      ...sessionsOf(seen.state),
      rollbackReady: readiness.ready ? 1 : 0,
      maxErrorRate: config.maxErrorRate,
    },
    ...(live?.version === undefined ? {} : {version: live.version}),
    detail,
  }
}

/** Of all servers together; nothing where one is not counted: a part would look like the whole. */
function sessionsOf(state: TrafficState | undefined): {readonly sessions?: number} {
  const counts = [...(state?.servers.values() ?? [])].map(server => server.sessions)
  const known = counts.filter(count => count !== undefined)
  return known.length < counts.length ? {} : {sessions: known.reduce((sum, count) => sum + count, 0)}
}

/** What moved, or is closed, is the reason of what would be up, and stands behind what is not. */
function withCause(verdict: Verdict, cause: string | undefined): Verdict {
  if (cause === undefined) return verdict
  return verdict.status === 'up'
    ? {status: 'degraded', reason: cause}
    : {status: verdict.status, reason: `${verdict.reason}; ${cause}`}
}

type Verdict = Pick<ProbeResult, 'status' | 'reason'>

function verdictOf(seen: Seen, live: SlotView | undefined): Verdict {
  if (seen.problem !== undefined) return {status: 'down', reason: seen.problem}
  const canary = canaryWords(seen)
  const problem = canary === undefined ? trafficProblem(seen.slots) : undefined
  const serving = seen.slots
    .filter(slot => slot.role === 'live' || slot.role === 'mixed')
    .flatMap(slot => slot.instances.filter(instance => instance.state === 'up'))
  const why = withdrawnIn(seen.config, seen.state)
    .map(one => `; ${one}`)
    .join('')
  if (serving.length === 0)
    return {status: 'down', reason: `${problem ?? 'no instance that takes traffic is healthy'}${why}`}
  if (problem !== undefined || live === undefined)
    return {status: 'degraded', reason: `${problem ?? 'no slot is live'}${why}`}
  if (canary !== undefined) {
    const sick = seen.slots.flatMap(slot => slot.instances).find(instance => instance.state === 'down')
    return sick === undefined
      ? {status: 'up', reason: canary}
      : {status: 'degraded', reason: `${sick.id} ${sick.reason}; ${canary}`}
  }
  const down = live.instances.find(instance => instance.state === 'down')
  if (down !== undefined) return {status: 'degraded', reason: `${down.id} ${down.reason}`}
  const unchecked = live.instances.find(instance => seen.state?.servers.get(instance.id)?.fresh === false)
  if (unchecked !== undefined)
    return {status: 'degraded', reason: `${unchecked.id} ${uncheckedWords(seen, unchecked.id)}`}
  const rate = seen.rates?.errorRate ?? 0
  if (rate > seen.config.maxErrorRate)
    return {status: 'degraded', reason: `${(rate * 100).toFixed(1)}% of the requests fail`}
  return {status: 'up', reason: `${live.name} serves ${versionWords(live)}`}
}

const versionRows = ({versions}: Left): readonly VersionRow[] =>
  Object.entries(versions)
    .map(([version, note]) => ({version, ...note}))
    .sort((one, two) => two.at - one.at)
    .slice(0, SHOWN_VERSIONS)

/** That a run of ours gives both slots traffic on purpose; undefined when none does. */
function canaryWords({left, slots}: Seen): string | undefined {
  const canary = left?.canary
  if (canary === undefined || canary === null || !slots.every(slot => slot.role === 'live')) return undefined
  const stable = slots.find(slot => slot.name !== canary.slot)
  return `canary: ${canary.percent} % of the requests to ${canary.version ?? 'an unknown version'} on ${canary.slot}, the rest to ${stable === undefined ? 'nobody' : versionWords(stable)}`
}

const uncheckedWords = (seen: Seen, name: string): string =>
  seen.state?.servers.get(name)?.unfit ?? `is ${wordOf(seen, name)} in the load balancer`

const wordOf = (seen: Seen, name: string): string => seen.state?.servers.get(name)?.word ?? 'no data'

function slotRow(slot: SlotView, seen: Seen): SlotRow {
  return {
    name: slot.name,
    role: slot.role,
    version: slot.version,
    instances: slot.instances.map((instance): ReleaseInstanceRow => {
      const server = seen.state?.servers.get(instance.id)
      const errorsPerSecond = seen.rates?.errorsPerServer.get(instance.id)
      return {
        name: instance.id,
        host: instance.host,
        url: instance.url,
        health: instance.state,
        version: instance.version,
        traffic: wordOf(seen, instance.id),
        sessions: server?.sessions,
        ...(errorsPerSecond === undefined ? {} : {errorsPerSecond}),
        ...(server?.queued === undefined ? {} : {queued: server.queued}),
        ...(server?.connections === undefined ? {} : {connections: server.connections}),
        ...(server === undefined ? {} : {check: server.check}),
        requestsPerSecond: seen.rates?.perServer.get(instance.id),
        reason: instance.reason,
      }
    }),
  }
}
