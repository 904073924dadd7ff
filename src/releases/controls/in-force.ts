import type {TrafficDriver, TrafficState} from '../traffic/traffic-driver.ts'
import type {ReleaseContext} from '../context.ts'
import {type Control, controlWords} from './control.ts'
import {readControls} from './record.ts'

interface Seen {
  readonly traffic: Pick<TrafficDriver, 'controls' | 'state'>
  readonly tools: {readonly signal: AbortSignal}
}

/** Whether each is in force now, in the same order; undefined where nobody can tell. A reload takes off what is in no file. */
export async function inForce(
  {traffic, tools}: Seen,
  controls: readonly Control[],
  state?: TrafficState,
): Promise<readonly (boolean | undefined)[]> {
  const answers = controls.filter(control => control.kind !== 'drain' && control.kind !== 'weigh')
  const answered = (await traffic.controls?.inForce(answers, tools.signal)) ?? []
  const servers = controls.length > answers.length ? (state ?? (await traffic.state(tools.signal))).servers : undefined
  return controls.map(control => {
    if (control.kind === 'weigh') return undefined
    if (control.kind === 'drain') return servers?.get(control.server)?.placement !== 'serving'
    return answered[answers.indexOf(control)]
  })
}

/** A control by which a server of this release has another weight for a while; undefined: there is none. */
export function weighControl({
  config,
  tools: {records, environment},
}: Pick<ReleaseContext, 'config' | 'tools'>): {readonly id: string; readonly words: string} | undefined {
  if (records === undefined) return undefined
  const found = readControls(records, {environment: environment.name, name: config.name}).find(
    ({control}) => control.kind === 'weigh',
  )
  return found === undefined ? undefined : {id: found.id, words: controlWords(found.control)}
}
