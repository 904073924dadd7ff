import {stopping} from '../overlays/stopping.ts'
import type {UiState} from '../state/ui.ts'
import {currentScreen, unchanged} from '../state/ui.ts'
import {defineAction} from './action.ts'

export const abort = defineAction({
  id: 'abort',
  keys: ['x'],
  label: 'abort',
  description: 'Stop the run and undo what it did, after a confirmation',
  where: ['run'],
  footer: 3,
  changes: true,
  visible: state => state.world.run?.state?.outcome === undefined,
  wayBack: true,
  disabled: notRunning,
  act: (state, at) => {
    const screen = currentScreen(state)
    return unchanged(screen.kind === 'run' ? stopping.open(state, screen.id, at) : state)
  },
})

function notRunning(state: UiState): string | undefined {
  const run = state.world.run?.state
  if (!run) return 'the run has not been read yet'
  if (run.lost) return `its runner is gone; \`opsconsole runs resume ${run.run}\` takes it up`
  return run.abortRequested ? 'it is already stopping' : undefined
}
