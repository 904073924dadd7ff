import type {ReleaseInstanceRow, ReleaseRow} from '../../releases/rows.ts'
import {openPager, pagerOf} from './pager.ts'
import type {Change, UiState} from './ui.ts'
import {telling, unchanged, withEffects, withScreen} from './ui.ts'

export const instancesOf = (release: ReleaseRow | undefined): readonly ReleaseInstanceRow[] =>
  release?.slots.flatMap(slot => slot.instances) ?? []

/** Opens the logs of the instance that is most likely looked for: one that is down, else the first that takes traffic. */
export function openLogs(state: UiState, release: ReleaseRow): Change {
  const slots = [...release.slots].sort((one, other) => Number(other.role === 'live') - Number(one.role === 'live'))
  const live = slots.flatMap(slot => slot.instances)
  const instance = live.find(each => each.health === 'down') ?? live[0]
  if (!instance) return unchanged(telling(state, `Nothing is known yet of the instances of ${release.name}.`))
  return openPager(state, {kind: 'logs', release: release.name, instance: instance.name})
}

/** The logs of the next instance of the release, or of the one before it. */
export function otherInstance(state: UiState, back: boolean): Change {
  const screen = pagerOf(state)
  if (screen?.source.kind !== 'logs') return unchanged(state)
  const {release, instance} = screen.source
  const all = instancesOf(state.world.snapshot.releases.find(each => each.name === release))
  const at = all.findIndex(each => each.name === instance)
  const next = all[(at + (back ? all.length - 1 : 1)) % Math.max(1, all.length)]
  if (!next || next.name === instance) return unchanged(telling(state, 'It is the only instance.'))
  const source = {...screen.source, instance: next.name}
  const page = undefined
  const fresh = {...state, world: {...state.world, page}}
  return withEffects(withScreen(fresh, {...screen, source, at: 0, top: 0, follow: true, whole: false}), {type: 'read'})
}
