import type {TrafficDriver, TrafficState} from '../traffic/traffic-driver.ts'
import type {Control} from './control.ts'

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
