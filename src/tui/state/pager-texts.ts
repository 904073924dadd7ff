import type {OutputLine} from '../../runbooks/events.ts'
import {planText} from '../../runbooks/plan-text.ts'
import type {Plan} from '../../runbooks/plan.ts'
import {openPager} from './pager.ts'
import type {Change, UiState} from './ui.ts'

/** The plan as `opsconsole plan` prints it; its parts are its steps. */
export const openPlan = (state: UiState, plan: Plan): Change =>
  openPager(state, {kind: 'text', title: 'Plan', name: plan.runbook, lines: inParts(planText(plan), PLANNED_STEP)})

/** The report of a run; its parts are its headings. */
export const openReport = (state: UiState, run: string, text: string): Change =>
  openPager(state, {kind: 'text', title: 'Report', name: run, lines: inParts(text, HEADING)})

const PLANNED_STEP = /^ {2,}(\d+ {2}\S.*)$/
const HEADING = /^#+ (.*)$/

/** Lines of a text; each knows the heading that it stands under. */
function inParts(text: string, heading: RegExp): readonly OutputLine[] {
  let step = ''
  return text
    .trimEnd()
    .split('\n')
    .map(line => {
      step = heading.exec(line)?.[1] ?? step
      return {step, stream: 'out', text: line}
    })
}
