import {facts} from '../components/facts.ts'
import {pane} from '../components/pane.ts'
import {statusWord} from '../components/status-word.ts'
import {bodyOf} from '../layout/body.ts'
import {type Block, blank, line} from '../layout/line.ts'
import type {UiState} from '../state/ui.ts'
import {defineScreen, type ScreenOf} from './screen.ts'

/** While the plan is being made. */
export const planningScreen = defineScreen<'planning'>({view, hints: [{key: 'Esc', label: 'cancel'}]})

function view(state: UiState, screen: ScreenOf<'planning'>): Block {
  const {width, height} = bodyOf(state)
  const params = Object.entries(screen.params).map(([key, value]) => `${key}=${value}`)
  return pane(
    [
      blank,
      [...statusWord('running', 'Gathering the facts for the plan.')],
      line('Nothing is changed. Esc cancels.', 'dim'),
      blank,
      ...(params.length > 0 ? facts([['parameters', params.join('  ')]], width - 4) : []),
    ],
    {title: `Planning ${screen.runbook}`, width, height, focused: true},
  )
}
