import type {ReleaseRow} from '../../releases/rows.ts'
import {listNoun, selectedRow} from '../state/lists.ts'
import type {AlertRow} from '../../alerts/rows.ts'
import type {ServiceRow} from '../../services/rows.ts'
import {openLogs} from '../state/pager-logs.ts'
import type {UiState} from '../state/ui.ts'
import {unchanged} from '../state/ui.ts'
import {defineAction} from './action.ts'

export const instanceLogs = defineAction({
  id: 'logs',
  keys: ['l'],
  label: 'logs',
  description: 'Read the logs of the instances of this release, or of the release of this service or alert',
  where: ['overview', 'list', 'details'],
  footer: 7,
  visible: state => ['releases', 'services', 'alerts'].includes(listNoun(state) ?? ''),
  disabled: state =>
    releaseMeant(state) ? undefined : 'no release is configured for it, so nothing says where its logs are',
  act: state => {
    const release = releaseMeant(state)
    return release ? openLogs(state, release) : unchanged(state)
  },
})

/** The selected release, or the one that serves what is selected. */
function releaseMeant(state: UiState): ReleaseRow | undefined {
  const noun = listNoun(state)
  const row = noun === undefined ? undefined : selectedRow(state, noun)
  if (row === undefined) return undefined
  const {releases} = state.world.snapshot
  const named = (name: string): ReleaseRow | undefined => releases.find(each => each.name === name)
  const serving = (service: string): ReleaseRow | undefined =>
    releases.find(each => each.service === service) ?? named(service)
  if (noun === 'releases') return row as ReleaseRow
  if (noun === 'services') return serving((row as ServiceRow).name)
  if (noun !== 'alerts') return undefined
  const [kind = '', , name = ''] = (row as AlertRow).target.split('/')
  return kind === 'release' ? named(name) : kind === 'service' ? serving(name) : undefined
}
