import {cleanChannel} from '../../alerts/channels/clean-channel.ts'
import type {Channel} from '../../alerts/channels/channel.ts'
import {openChannels} from '../../alerts/channels/open-channels.ts'
import type {NotificationCounts} from '../../alerts/notification-counts.ts'
import type {Alert} from '../../alerts/state.ts'
import {keepUndelivered} from '../../alerts/letters.ts'
import type {Config} from '../../config/schema.ts'
import {messageOf} from '../../errors.ts'
import {heartbeatKeeper, type SendTools} from '../../heartbeats/send.ts'
import type {Log} from '../../monitors/log.ts'
import type {Monitor} from '../../monitors/monitor-port.ts'
import {openRunTeller} from '../../runs/run-teller.ts'
import {sleep} from '../../units/clock.ts'
import type {CommandContext} from '../command.ts'

const EVERY_MS = 1_000
/** Among so many of the newest are all that run, and those that have just ended. */
const RUNS_LOOKED_AT = 50

export const heartbeatTools = ({config, records, secret, clock, intake}: CommandContext): SendTools => ({
  heartbeats: () => config().heartbeats,
  records,
  secret,
  clock,
  clean: intake().clean,
  fetch,
})

/**
 * What an agent does by itself each second while it watches and nothing is wrong with its store: it starts what is due and what alerts
 * call for, expects and sends heartbeats, tells what becomes of runs. What is under way at its end is waited for.
 */
export async function keepAll(
  monitor: Monitor,
  log: Log,
  context: CommandContext,
  counts: NotificationCounts,
): Promise<void> {
  const {signal, starters, clock, records, config} = context
  const engine = context.engine()
  const {schedules, auto} = await starters(({level, event, message, ...fields}) => log({level, event, message, fields}))
  const keepers = {
    schedules,
    'runbooks of alerts': auto({
      alertStore: context.alertStore(),
      timelines: context.timelines(),
      fresh: () => freshTargets(monitor, clock.now()),
    }),
    heartbeats: heartbeatKeeper(heartbeatTools(context)),
    'notifications of runs': openRunTeller({
      notices: () => config().alerts.runs,
      channels: channelsOf(context),
      rows: () => engine.list(RUNS_LOOKED_AT),
      prompt: run => engine.state(run).prompt?.id,
      records,
      clock,
      failed: message => log({level: 'warning', event: 'run not told', message}),
      givenUp: letter => keepUndelivered(records, letter),
      counts,
    }),
  }
  while (!signal.aborted) {
    const {state, trouble} = monitor.status()
    if (state === 'here' && trouble === undefined)
      for (const [name, keeper] of Object.entries(keepers))
        try {
          keeper.tend(signal)
        } catch (error) {
          log({level: 'error', event: 'trouble', message: `${name} cannot be looked after: ${messageOf(error)}`})
        }
    await sleep(EVERY_MS, signal).catch(() => undefined)
  }
  await Promise.all(Object.values(keepers).map(keeper => keeper.idle()))
}

/** Every target is probed within so many of its intervals, and judged a moment later. */
const FRESH_INTERVALS = 2
const JUDGED_WITHIN_MS = 2_000

/** Which targets were probed since somebody began to watch them: what was known of the others before may be old. */
function freshTargets(monitor: Monitor, now: number): (alert: Pick<Alert, 'target'>) => boolean {
  const fresh = monitor
    .targets()
    .filter(
      ({state, sample, watchedSince, intervalMs}) =>
        now - watchedSince > FRESH_INTERVALS * intervalMs + JUDGED_WITHIN_MS &&
        (state === 'no data' || (sample !== undefined && sample.at > watchedSince)),
    )
  const ids = new Set(fresh.map(({target}) => target))
  return ({target}) => ids.has(target)
}

/** Opened once for each configuration. */
function channelsOf({config, secret, exec, intake}: CommandContext): () => readonly Channel[] {
  const {clean} = intake()
  let opened: {readonly of: Config; readonly channels: readonly Channel[]} | undefined
  return () => {
    const of = config()
    if (opened?.of !== of)
      opened = {
        of,
        channels: openChannels(of.alerts.channels, {secret, exec, fetch}).map(each => cleanChannel(each, clean)),
      }
    return opened.channels
  }
}
