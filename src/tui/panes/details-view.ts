import type {UiState} from '../state/ui.ts'
import type {Noun} from './registry.ts'
import type {DetailsView} from './pane.ts'

/** What the details of a row are drawn with. */
export function detailsView(
  state: UiState,
  noun: Noun,
  id: string,
  {width, height}: {readonly width: number; readonly height: number},
): DetailsView {
  const {series, snapshot} = state.world
  return {
    now: state.now,
    width,
    height,
    series: series && series.noun === noun && series.name === id ? series : undefined,
    threshold: snapshot.services.find(row => noun === 'services' && row.name === id)?.degradedAboveMs,
    alerts: snapshot.alerts,
    runs: snapshot.runs,
    // A dry run changed nothing; when one that changed something began is what is compared with.
    changes: snapshot.runs.filter(run => !run.dryRun).map(run => run.startedAt),
  }
}
