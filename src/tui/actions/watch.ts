import {openRun} from '../state/navigate.ts'
import {unchanged} from '../state/ui.ts'
import {BROWSING, defineAction} from './action.ts'

/** Runs that are offered by name; older ones are in the list of runs. */
const OFFERED = 20

export const watch = defineAction({
  id: 'watch',
  keys: [],
  label: 'watch',
  description: 'Open the run of this id',
  where: BROWSING,
  act: unchanged,
  command: {
    name: 'watch',
    description: 'watch ID: open this run',
    offers: state =>
      state.world.snapshot.runs
        .slice(0, OFFERED)
        .map(row => ({text: `watch ${row.id}`, description: `${row.runbook}, ${row.state}`})),
    run: (state, id) => openRun(state, id, {started: false}),
  },
})
