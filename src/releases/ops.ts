import {dirname, resolve} from 'node:path'
import {requireAnswers} from '../kinds/questions.ts'
import type {OpsTools} from '../kinds/ops-tools.ts'
import {escapeLine} from '../text/escape.ts'
import {formatDuration} from '../units/duration.ts'
import type {ReleaseConfig} from './config.ts'
import {probeSlots, placeOf, type ReleaseContext, slotConfig} from './context.ts'
import {boundTo} from './bound.ts'
import {type CanaryOps, createCanaryOps} from './canary/ops.ts'
import {type ControlOps, createControlOps} from './controls/ops.ts'
import {instanceDrivers} from './instances/registry.ts'
import {leastRequests} from './analysis/proof.ts'
import {enableChecksAndWait, disableSlot, drainInstance, waitDrained, undrainInstance} from './traffic-moves.ts'
import {isRunning, restoreVersion, restart, start, stop, waitHealthy} from './prepare.ts'
import {RELEASE_QUESTIONS, type ReleasePurpose} from './questions.ts'
import {serversOf} from './readiness.ts'
import {type MigrationOps, migrationOps} from './migrations.ts'
import {type EndableSlot, endableSlot} from './end.ts'
import {
  acceptLive,
  leftOf,
  movedFrom,
  noteEnded,
  noteFateOf,
  noteStarted,
  switchAndNote,
  watchAndNote,
} from './remember.ts'
import {request} from './request.ts'
import {type RollableSlot, rollableSlot} from './rollable.ts'
import {badNote, noteWords} from './left.ts'
import {type WayBackOps, wayBackOps} from './way-back-ops.ts'
import {previousOrCold} from './startable.ts'
import {liveSlot, restartableSlot, rollbackReadiness, versionWords} from './slots.ts'
import {type AskDatabase, type Pool, requireRoom} from './room.ts'
import {smoke, smokeInstance} from './smoke.ts'
import {keepOn, trafficStays} from './stays.ts'
import {timeOf} from './time-of.ts'
import {trafficDrivers} from './traffic/registry.ts'
import type {Placement} from './traffic/traffic-driver.ts'
import type {RollbackReadiness, SlotView, WatchResult} from './views.ts'
import {readingOf} from './watch.ts'
import type {Readiness} from './wait.ts'

/**
 * What runbooks can do with a release. Everything that changes anything is recorded literally first. Where a method
 * waits, it gives up at a deadline from the configuration with `release/not-ready` and says what was missing.
 */
export interface ReleaseOps extends CanaryOps, ControlOps, MigrationOps, WayBackOps {
  readonly name: string
  /** What moves the traffic, for plans and confirmations: `haproxy backend app`. */
  readonly target: string
  readonly limits: {
    readonly drainMs: number
    readonly watchMs: number
    readonly keepMs: number
    /** The same in words: `1d`. */
    readonly keep: string
    readonly maxErrorRate: number
    readonly maxSlowdown: number
    /** Shares of a canary in percent, and how long each is compared: `5m`. */
    readonly stages: readonly number[]
    readonly stageTime: string
    /** Requests to a canary before it can pass a stage. */
    readonly leastRequests: number
    readonly smokeTests: readonly string[]
    /** Connections that all instances of both slots hold at most, and of which database; undefined where that is not said. */
    readonly pool: Pool | undefined
  }
  /** What moving the traffic back does not bring back, for plans. */
  readonly notUndone: readonly string[]
  /**
   * By what clients are kept on their server, such as `the cookie SRV`: then what loses its traffic is taken off whole, since they
   * would be sent to one that only drains. Undefined: by nothing.
   */
  keptClients(): Promise<string | undefined>
  /** Names of all instances: known from the configuration, whatever answers. */
  readonly instanceNames: readonly string[]
  slots(): Promise<readonly SlotView[]>
  /** The slot that takes traffic. Raises `release/not-ready` when that is not plain. */
  live(): Promise<SlotView & {readonly versionWords: string}>
  /** What is different from what our last run left, and how to put it back; undefined when nothing is. */
  moved(): Promise<string | undefined>
  /**
   * Raises `release/not-ready` with all that would stop such a run in its middle and can be read before it: the load
   * balancer and its servers, the programs of the instances, the health path. The doctor asks the same. Returns what the
   * plan is for where names alone do not say it, to be a fact of it: a context may lead to another cluster tomorrow.
   */
  requireReady(purpose: ReleasePurpose): Promise<string | undefined>
  /**
   * Whether traffic is where this run has it: on `begunWith` until its own switch. For a guard: not ok, with what is so,
   * when a reload of the load balancer or a person moved it meanwhile.
   */
  stays(begunWith: string): Promise<Readiness>
  /** Brings traffic back to this slot alone when something else moved it; nothing otherwise. For undo. */
  keepOn(slot: string): Promise<void>
  /** Takes the live slot, wherever it is, for what is wanted from now on. */
  acceptLive(): Promise<void>
  /**
   * Whether the connections of all instances fit: both slots run at once. `ask` is `name => ops.database(name)`. Says what
   * was compared; undefined where the configuration says nothing of connections. Raises `release/not-ready` when they do
   * not fit.
   */
  requireRoom(ask: AskDatabase): Promise<string | undefined>
  /** What speaks against a version: it failed its watch, or was rolled back from; undefined when nothing is known. */
  knownBad(version: string): string | undefined
  /** Remembers that a version was left behind because it was bad, so that no rollback goes back to it. */
  noteRolledBack(version: string, reason: string): Promise<void>
  rollback(): Promise<RollbackReadiness>
  /**
   * The slot that is kept to go back to and whose time is over, or any time with `early`. Raises `release/not-ready` when
   * there is none, or it is live, or something runs there that no run of ours started.
   */
  endable(options?: {readonly early?: boolean}): Promise<EndableSlot>
  /** Remembers that a kept slot was ended, so that nobody looks for it to go back to. */
  noteEnded(slot: string): Promise<void>
  /**
   * The version to go back to, one that is known to be bad only with `evenIfBad`. Raises `release/not-ready` with the
   * reason when there is none.
   */
  previous(options?: {
    readonly evenIfBad?: boolean
  }): Promise<{readonly slot: string; readonly version: string; readonly stays: readonly string[]}>
  /** A slot, else the live one, whose instances can be restarted. Raises `release/unknown` or `release/not-ready`. */
  restartable(slot?: string): Promise<{
    readonly slot: string
    readonly isLive: boolean
    readonly instances: readonly {readonly id: string; readonly host: string; readonly version: string}[]
  }>
  /** The slot that takes traffic, also in part, to be replaced in place. Raises `release/not-ready` when nobody could serve meanwhile. */
  rollable(): Promise<RollableSlot>
  /** Whether an instance is healthy and answers this version. */
  isRunning(instance: string, version: string): Promise<boolean>
  /**
   * Answers and errors of a slot since the traffic driver started, with the time of day in milliseconds: two of them are
   * figures. Undefined where nobody counts.
   */
  counted(slot: string): Promise<{readonly ms: number; readonly requests: number; readonly errors: number} | undefined>
  /** Where the traffic driver has each instance, in its own words. */
  traffic(): Promise<
    readonly {
      readonly instance: string
      readonly placement: Placement
      readonly word: string
      readonly check: string
      /** Undefined: nobody counts them. */
      readonly sessions: number | undefined
    }[]
  >

  /** Starts a version on an instance without traffic; refuses one that takes traffic. Does not wait until it is healthy. */
  start(instance: string, version: string): Promise<void>
  stop(instance: string): Promise<void>
  /** Puts a version back on an instance, or stops it when there was none before. For undo. */
  restoreVersion(instance: string, version: string | undefined): Promise<void>
  /** Waits until every instance of a slot, asked afresh, is healthy and answers this version. */
  waitHealthy(slot: string, version: string): Promise<void>
  /** Sends every smoke test to every instance of a slot, past the load balancer. */
  smoke(slot: string): Promise<void>
  /** The same to one instance. */
  smokeInstance(instance: string): Promise<void>

  /**
   * Lets the load balancer check a slot that takes no traffic, until each instance passed checks made from now on.
   * `again: false` trusts one that was checked all the time without traffic: for a slot whose processes did not change.
   */
  enableChecksAndWait(slot: string, options?: {readonly again?: boolean}): Promise<void>
  /** All new requests to this slot, the other one finishes what it holds. One instant; put back when it does not take. */
  switchTo(slot: string): Promise<void>
  /** Waits until a slot holds no request, at most the configured time. Says what was left; cuts nothing off. */
  drained(slot: string): Promise<{readonly left: number; readonly ms: number}>
  /** Takes a slot without traffic out of the load balancer, unchecked. */
  disableSlot(slot: string): Promise<void>
  /**
   * Watches error rate and health of the live slot; returns as soon as it is bad, else after this duration (`30s`), or
   * that of the configuration.
   */
  watch(slot: string, duration?: string): Promise<WatchResult>

  /** Takes one instance out of a slot that keeps others, and waits until it holds no request. */
  drainInstance(instance: string): Promise<void>
  /** Gives a rested instance its traffic back once it passed fresh checks. */
  undrainInstance(instance: string): Promise<void>
  /** Stops an instance without traffic, waits until it is gone, starts the same version, waits until it is healthy. */
  restart(instance: string, version: string): Promise<void>
  /** Last log lines, escaped; undefined when the configuration has no command for them. */
  logs(instance: string, lines: number): Promise<readonly string[] | undefined>
}

/**
 * The operations of one release. `file` is the configuration file: relative paths in it are relative to its directory,
 * and the commands of instances run there.
 */
export type CreateReleaseOps = (config: ReleaseConfig, tools: OpsTools, file: string) => ReleaseOps

/** Loads the drivers of these releases, or all. */
export async function loadReleaseOps(releases?: readonly ReleaseConfig[]): Promise<CreateReleaseOps> {
  const [openTraffic, openInstances] = await Promise.all([
    trafficDrivers.load(releases?.map(({traffic}) => traffic.type)),
    instanceDrivers.load(releases?.map(({instances}) => instances.type)),
  ])
  const canaries: NonNullable<ReleaseContext['canaries']> = new Map()
  return (config, tools, file) =>
    releaseOpsOf({
      canaries,
      config,
      traffic: openTraffic(config.traffic, tools),
      instances: openInstances(config.instances, {exec: tools.exec, directory: resolve(dirname(file))}),
      request,
      tools,
      directory: resolve(dirname(file)),
    })
}

async function placesNow({config, traffic, tools}: ReleaseContext): ReturnType<ReleaseOps['traffic']> {
  const names = config.slots.flatMap(slot => slot.instances.map(one => one.name))
  return serversOf(await traffic.state(tools.signal), names).map(({name, placement, word, check, sessions}) => ({
    instance: name,
    placement,
    word,
    check,
    sessions,
  }))
}

/** As configured, and what a driver that cannot drain loses with every move. */
const notUndoneOf = ({abilities, notUndone = []}: ReleaseContext['traffic']): readonly string[] => [
  ...(abilities.drain ? [] : ['requests in flight on the slot that loses its traffic may be cut off']),
  ...notUndone,
]

/** The same, of drivers that are open. */
export function releaseOpsOf(context: ReleaseContext): ReleaseOps {
  const {config, tools} = context
  const namesOf = (slot: string): readonly string[] => slotConfig(config, slot).instances.map(one => one.name)
  const slots = async (): Promise<readonly SlotView[]> =>
    probeSlots(context, await context.traffic.state(tools.signal), tools.signal)
  return {
    name: config.name,
    target: context.traffic.target,
    limits: limitsOf(config),
    notUndone: notUndoneOf(context.traffic),
    keptClients: async () => context.traffic.keepsClients?.(tools.signal),
    instanceNames: config.slots.flatMap(slot => slot.instances.map(one => one.name)),
    slots,
    live: async () => {
      const live = liveSlot(await slots())
      return {...live, versionWords: versionWords(live)}
    },
    moved: async () => movedFrom(context, await slots()),
    requireReady: async purpose => {
      const intro = `${context.traffic.target} is not ready for a ${purpose}`
      await requireAnswers(
        RELEASE_QUESTIONS,
        {...context, signal: tools.signal, purpose},
        {purpose, code: 'release/not-ready', intro},
      )
      return boundTo(context)
    },
    stays: begunWith => trafficStays(context, begunWith),
    keepOn: slot => keepOn(context, slot),
    acceptLive: async () => acceptLive(context, liveSlot(await slots()).name),
    requireRoom: ask => requireRoom(limitsOf(config).pool, ask),
    ...migrationOps(context),
    ...wayBackOps(context),
    knownBad: version => {
      const note = badNote(leftOf(context), version)
      return note === undefined ? undefined : noteWords(note)
    },
    noteRolledBack: (version, reason) => noteFateOf(context, version, 'rolled back from', reason),
    rollback: async () => rollbackReadiness(await slots(), leftOf(context)),
    endable: async options =>
      endableSlot(await slots(), leftOf(context), {now: tools.clock.now(), early: options?.early ?? false}),
    noteEnded: slot => noteEnded(context, slot),
    previous: async options => previousOrCold(context, await slots(), options?.evenIfBad === true),
    restartable: async slot => restartableSlot(await slots(), slot),
    rollable: async () => rollableSlot(await slots()),
    isRunning: (instance, version) => isRunning(context, instance, version),
    counted: slot => countedNow(context, namesOf(slot)),
    traffic: () => placesNow(context),
    start: async (instance, version) => {
      await start(context, instance, version)
      noteStarted(context, placeOf(config, instance).slot.name, version)
    },
    stop: instance => stop(context, instance),
    restoreVersion: async (instance, version) => {
      await restoreVersion(context, instance, version)
      if (version !== undefined) noteStarted(context, placeOf(config, instance).slot.name, version)
    },
    waitHealthy: (slot, version) => waitHealthy(context, slot, version),
    smoke: slot => smoke(context, slot),
    smokeInstance: instance => smokeInstance(context, instance),
    enableChecksAndWait: (slot, options) => enableChecksAndWait(context, namesOf(slot), options?.again ?? true),
    switchTo: slot => switchAndNote(context, slot),
    drained: slot => waitDrained(context, namesOf(slot)),
    disableSlot: slot => disableSlot(context, slot),
    watch: (slot, duration) => watchAndNote(context, slot, timeOf(duration, config.watchFor)),
    ...createCanaryOps(context),
    ...createControlOps(context),
    drainInstance: instance => drainInstance(context, instance),
    undrainInstance: instance => undrainInstance(context, instance),
    restart: (instance, version) => restart(context, instance, version),
    logs: (instance, lines) => lastLogLines(context, instance, lines),
  }
}

const limitsOf = (config: ReleaseConfig): ReleaseOps['limits'] => ({
  drainMs: config.drainTimeout,
  watchMs: config.watchFor,
  keepMs: config.keepOldSlot,
  keep: formatDuration(config.keepOldSlot),
  maxErrorRate: config.maxErrorRate,
  maxSlowdown: config.maxSlowdown,
  stages: config.canary.stages,
  stageTime: formatDuration(config.canary.stageTime),
  leastRequests: leastRequests(config.canary),
  smokeTests: config.smoke.map(test => test.name),
  pool:
    config.pool === undefined
      ? undefined
      : {
          database: config.pool.database,
          connections: config.pool.connections * config.slots.flatMap(slot => slot.instances).length,
          instances: config.slots.flatMap(slot => slot.instances).length,
        },
})

const countedNow = async ({traffic, tools}: ReleaseContext, names: readonly string[]) =>
  traffic.abilities.perServerCounters
    ? readingOf(await traffic.state(tools.signal), names, tools.clock.now())
    : undefined

async function lastLogLines(
  context: ReleaseContext,
  instance: string,
  lines: number,
): Promise<readonly string[] | undefined> {
  const {slot} = placeOf(context.config, instance)
  const printed = await context.instances.logs?.read({slot: slot.name, instance}, context.tools.signal)
  if (printed === undefined) return undefined
  const all = printed.split('\n').filter(line => line.trim() !== '')
  return all.slice(-lines).map(line => escapeLine(line, 500))
}
