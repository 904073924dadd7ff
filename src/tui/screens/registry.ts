import type {ScreenKind} from '../state/ui.ts'
import {detailsScreen} from './details.ts'
import {helpScreen} from './help.ts'
import {listScreen} from './list.ts'
import {overviewScreen} from './overview.ts'
import {pagerScreen} from './pager.ts'
import {paramsScreen} from './params.ts'
import {planScreen} from './plan.ts'
import {planningScreen} from './planning.ts'
import {runScreen} from './run.ts'
import {runbooksScreen} from './runbooks.ts'
import type {ScreenDefinition, ScreenOf} from './screen.ts'

/** Every screen; a new one is a file here, a line below, and what it keeps in `state/ui.ts`. */
const SCREENS: {readonly [Kind in ScreenKind]: ScreenDefinition<Kind>} = {
  overview: overviewScreen,
  list: listScreen,
  details: detailsScreen,
  runbooks: runbooksScreen,
  params: paramsScreen,
  planning: planningScreen,
  plan: planScreen,
  run: runScreen,
  pager: pagerScreen,
  help: helpScreen,
}

/** What is known of a screen by its kind. */
export const definitionOf = <Kind extends ScreenKind>({kind}: ScreenOf<Kind>): ScreenDefinition<Kind> => SCREENS[kind]
