import type {Routing} from './routing/routing.ts'
import type {Alert, Episode} from './state.ts'

/** The same alert by a clock that was set by so much: its durations stay as they were. */
export function redateAlert(alert: Alert, byMs: number): Alert {
  const {firesAt, relievedAt, ...rest} = alert
  return {
    ...rest,
    ...redateEpisode(alert, byMs),
    ...(firesAt === undefined ? {} : {firesAt: firesAt + byMs}),
    ...(relievedAt === undefined ? {} : {relievedAt: relievedAt + byMs}),
    ...(alert.previous === undefined ? {} : {previous: redateEpisode(alert.previous, byMs)}),
    ...(alert.routing === undefined ? {} : {routing: redateRouting(alert.routing, byMs)}),
    fired: alert.fired.map(at => at + byMs),
    deliveries: alert.deliveries.map(each => ({
      ...each,
      at: each.at + byMs,
      nextAt: each.nextAt + byMs,
      ...(each.unsure !== undefined && {unsure: {...each.unsure, at: each.unsure.at + byMs}}),
    })),
  }
}

const redateRouting = ({unsilenced, freedAt, ...rest}: Routing, byMs: number): Routing => ({
  ...rest,
  ...(unsilenced && {unsilenced: {...unsilenced, at: unsilenced.at + byMs}}),
  ...(freedAt !== undefined && {freedAt: freedAt + byMs}),
})

/** Which episode it is stays: an acknowledgement names it. */
function redateEpisode(episode: Episode, byMs: number): Episode {
  const moved = (at: number | undefined): number | undefined => (at === undefined ? undefined : at + byMs)
  const {severity, summary, reason, ending} = episode
  return {
    severity,
    summary,
    reason,
    ending,
    since: episode.since + byMs,
    firedAt: moved(episode.firedAt),
    resolvedAt: moved(episode.resolvedAt),
    episode: episode.episode ?? episode.since,
  }
}
