import type {Records} from '../../kinds/records.ts'
import type {ProbeResult} from '../../monitors/sample.ts'
import type {ReleaseConfig} from '../config.ts'
import {moment} from '../moment.ts'
import type {ControlRow} from '../rows.ts'
import type {TrafficDriver, TrafficState} from '../traffic/traffic-driver.ts'
import {controlWords, usersGet} from './control.ts'
import {inForce} from './in-force.ts'
import {readControls} from './record.ts'

interface Seen {
  readonly config: ReleaseConfig & {readonly environment: string}
  readonly traffic: TrafficDriver
  /** Undefined: the load balancer did not answer. */
  readonly state: TrafficState | undefined
  readonly records: Records | undefined
  readonly signal: AbortSignal
}

/** What is on by what runs noted, and whether the load balancer has it. */
export async function controlRows({config, traffic, state, records, signal}: Seen): Promise<readonly ControlRow[]> {
  const kept = records === undefined ? [] : readControls(records, config)
  if (kept.length === 0) return []
  const controls = kept.map(({control}) => control)
  const seen =
    state === undefined ? [] : await inForce({traffic, tools: {signal}}, controls, state).catch(() => [] as const)
  return kept.map(({id, control, until, run}, at) => ({
    id,
    words: controlWords(control),
    usersGet: usersGet(control),
    until,
    run,
    ...(seen[at] === undefined ? {} : {inForce: seen[at]}),
  }))
}

/** Users get something else than usual: on purpose, but nobody may forget it. */
export function withControls(result: ProbeResult, controls: readonly ControlRow[]): ProbeResult {
  if (controls.length === 0) return result
  const words = controls.map(({words, until, inForce: holds}) =>
    holds === false ? `${words} is not in force any more` : `${words} until ${moment(until)}`,
  )
  return {
    ...result,
    ...(result.status === 'up' ? {status: 'degraded'} : {}),
    reason: result.status === 'up' ? words.join('; ') : `${words.join('; ')}; ${result.reason}`,
    detail: {...(result.detail as object), controls},
  }
}
