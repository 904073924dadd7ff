import {dialog} from '../components/dialog.ts'
import type {Line} from '../layout/line.ts'
import {blank, span} from '../layout/line.ts'
import {back} from '../state/navigate.ts'
import type {Change, UiState} from '../state/ui.ts'
import {telling, unchanged, withEffects} from '../state/ui.ts'
import {changed, closed, defineOverlay} from './overlay.ts'

/** The environment to go to. */
export const environments = defineOverlay<{readonly index: number}, undefined>({
  id: 'environments',
  open: ({world}) => ({
    index: Math.max(0, world.snapshot.environments.indexOf(world.snapshot.environment.name)),
  }),
  hints: [
    {key: '↑↓', label: 'choose'},
    {key: 'Enter', label: 'switch'},
    {key: 'Esc', label: 'close'},
  ],
  key: (state, {index}, key) => {
    const names = state.world.snapshot.environments
    const moved = (by: number): Change => changed(state, {index: (index + by + names.length) % names.length})
    if (key === 'esc') return unchanged(closed(state))
    if (key === 'up' || key === 'k') return moved(-1)
    if (key === 'down' || key === 'j' || key === 'tab') return moved(1)
    return key === 'enter' ? switchEnvironment(state, names[index]) : unchanged(state)
  },
  prompt: ({world}) => `Type the name of an environment: ${world.snapshot.environments.join(', ')}; cancel leaves it.`,
  line: (state, _data, text) => (text.trim() === '' ? unchanged(state) : switchEnvironment(state, text.trim())),
  view: (state, {index}, screen) => {
    const {environments: names, environment} = state.world.snapshot
    const room = Math.max(1, state.rows - 10)
    const top = Math.max(0, Math.min(index - Math.floor(room / 2), names.length - room))
    return dialog(screen, {
      title: 'Environment',
      tone: 'accent',
      width: 44,
      body: [
        blank,
        ...names.slice(top, top + room).map((name, offset): Line => {
          const here = name === environment.name ? span('  current', 'dim') : span('')
          const selected = top + offset === index
          return [span(selected ? `▸ ${name} ` : `  ${name} `, selected ? 'selected' : 'plain'), here]
        }),
        blank,
      ],
    })
  },
})

/** Goes to the overview of another environment: selections and filters belong to the one that is left. */
export function switchEnvironment(state: UiState, name: string | undefined): Change {
  if (name === undefined || !state.world.snapshot.environments.includes(name)) {
    return unchanged(telling(closed(state), `There is no environment named ${name ?? '?'}.`, 'bad'))
  }
  const {effects} = back(state)
  const next: UiState = {...closed(state), screens: [{kind: 'overview'}], before: undefined, places: {}}
  return withEffects(
    telling(next, `Now showing ${name}.`),
    ...effects.filter(effect => effect.type === 'forget plan'),
    {type: 'environment', name},
  )
}
