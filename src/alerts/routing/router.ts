import type {TargetId} from '../../monitors/sample.ts'
import type {Held} from '../held.ts'
import type {AlertTarget} from '../alert-target.ts'
import type {AlertsConfig} from '../config.ts'
import type {Alert} from '../state.ts'
import type {Dependencies} from './causes.ts'
import {escalationHold} from './escalation.ts'
import {groupKey, groupTimes} from './group.ts'
import {handMaintenanceOf, maintenanceOf} from './in-maintenance.ts'
import {openMaintenance} from './maintenance.ts'
import {openInhibitions} from './inhibition.ts'
import {routeAlert} from './route.ts'
import type {Routing} from './routing.ts'
import {openByHand, type Silence, silenceState} from './silence.ts'

export type RouterConfig = Pick<
  AlertsConfig,
  'groupBy' | 'groupWait' | 'inhibitions' | 'maintenance' | 'people' | 'onCall' | 'escalations'
>

export interface RouterOptions {
  readonly config: RouterConfig
  readonly dependencies: Dependencies
  /** Read at each evaluation, for another process writes them. */
  readonly silences: () => readonly Silence[]
}

/** Decides who is not to be notified, by one configuration. */
export interface Router {
  /** The alerts whose routing changed, with the new one. */
  route(
    alerts: ReadonlyMap<string, Alert>,
    targetOf: (id: string) => AlertTarget | undefined,
    now: number,
  ): readonly Alert[]
  /** Why a channel has to wait for its turn. */
  turns(alerts: ReadonlyMap<string, Alert>, now: number): (alert: Alert, channel: string) => Held | undefined
  /** Whether all of a target is in a maintenance then. */
  inMaintenance(target: TargetId, at: number): boolean
  /** Alerts with one key come as one notification. */
  group(alert: Alert): string
}

export function openRouter({config, dependencies, silences}: RouterOptions): Router {
  const maintenance = openMaintenance(config.maintenance)
  const [byConfig, byHand] = [maintenanceOf(config.maintenance), handMaintenanceOf(silences)]
  const {inhibitions, groupBy, groupWait} = config
  return {
    route(alerts, targetOf, now) {
      const open = [...alerts.values()].filter(({state}) => state !== 'resolved')
      if (open.length === 0) return []
      const said = silences()
      const active = said.filter(
        each => !each.maintenance && silenceState(each, now, id => alerts.get(id)) === 'active',
      )
      const world = {
        now,
        dependencies,
        targetOf,
        alerts: open,
        silences: active,
        maintenance: [...maintenance(now), ...openByHand(said, now)],
        inhibitorOf: openInhibitions(inhibitions, open),
      }
      return open.flatMap(alert => {
        const routing = routeAlert(alert, world)
        return isSameRouting(routing, alert.routing) ? [] : [{...alert, routing}]
      })
    },
    turns(alerts, now) {
      const times = groupTimes(alerts.values(), groupBy)
      return (alert, channel) =>
        escalationHold(alert, channel, config, now) ?? times.hold(alert, channel, {waitMs: groupWait, now})
    },
    inMaintenance: (target, at) => byConfig(target, at) || byHand(target, at),
    group: alert => groupKey(alert, groupBy),
  }
}

const isSameRouting = (one: Routing, other: Routing = {}): boolean =>
  one.cause === other.cause &&
  one.hold?.reason === other.hold?.reason &&
  one.hold?.words === other.hold?.words &&
  one.silence?.id === other.silence?.id &&
  one.unsilenced?.at === other.unsilenced?.at &&
  one.freedAt === other.freedAt
