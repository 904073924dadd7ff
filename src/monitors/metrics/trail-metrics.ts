import {Counter, Gauge} from 'prom-client'
import type {MetricSource} from './metric-source.ts'

export interface MeasuredTrail {
  /** Records that it has, where it is known to be whole. */
  readonly records: () => number | undefined
  /** Why it cannot be trusted; undefined: nothing is known against it. */
  readonly broken: () => string | undefined
  readonly now: () => number
}

/** The audit trail: how long it is, and whether it is whole. */
export const trailMetrics = (trail: MeasuredTrail): MetricSource => ({
  name: 'trail',
  open(registry) {
    const registers = [registry]
    const records = new Counter({
      name: 'opsconsole_trail_records_total',
      help: 'Records of the audit trail, when it was last known to be whole',
      registers,
    })
    const broken = new Gauge({
      name: 'opsconsole_trail_broken',
      help: '1: the audit trail is broken, missing or not ours, and nobody has accepted that',
      registers,
    })
    const whole = new Gauge({
      name: 'opsconsole_trail_whole_timestamp_seconds',
      help: 'When the audit trail was last found to be whole',
      registers,
    })
    return () => {
      const isBroken = trail.broken() !== undefined
      broken.set(isBroken ? 1 : 0)
      const count = trail.records()
      if (isBroken || count === undefined) return
      whole.set(trail.now() / 1000)
      records.reset()
      records.inc(count)
    }
  },
})
