import {attemptProbe} from '../connections/attempt.ts'
import type {KindTools} from '../kinds/define-kind.ts'
import type {Target} from '../monitors/sample.ts'
import {heartbeatId, type PlacedHeartbeat} from './config.ts'
import {judgeHeartbeat} from './judge.ts'
import type {HeartbeatRecord} from './record.ts'

/** One target for each heartbeat; a probe reads what is kept of it. */
export function heartbeatTargets(
  config: {readonly heartbeats: readonly PlacedHeartbeat[]},
  {clock, records}: Pick<KindTools, 'clock' | 'records'>,
): readonly Target[] {
  return config.heartbeats.map(heartbeat => ({
    id: heartbeatId(heartbeat),
    kind: 'heartbeat',
    environment: heartbeat.environment,
    name: heartbeat.name,
    intervalMs: heartbeat.interval,
    timeoutMs: heartbeat.timeout,
    probe: signal =>
      attemptProbe(clock, signal, async () => {
        const record = records?.read(heartbeatId(heartbeat)) as HeartbeatRecord | undefined
        return {...judgeHeartbeat(heartbeat, record, clock.now()), detail: record}
      }),
  }))
}
