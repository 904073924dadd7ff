import {abort} from './abort.ts'
import {acknowledge} from './acknowledge.ts'
import type {Action} from './action.ts'
import {activeRun} from './active-run.ts'
import {answer} from './answer.ts'
import {back} from './back.ts'
import {backByArrow} from './back-by-arrow.ts'
import {command} from './command.ts'
import {copy} from './copy.ts'
import {copyPlanOrRun} from './copy-plan-or-run.ts'
import {details} from './details.ts'
import {detach} from './detach.ts'
import {down} from './down.ts'
import {dryRun} from './dry-run.ts'
import {environment} from './environment.ts'
import {filter} from './filter.ts'
import {first} from './first.ts'
import {follow} from './follow.ts'
import {help} from './help.ts'
import {hold} from './hold.ts'
import {instanceLogs} from './logs.ts'
import {last} from './last.ts'
import {lastScreen} from './last-screen.ts'
import {mark} from './mark.ts'
import {nextPane} from './next-pane.ts'
import {open} from './open.ts'
import {openPane} from './open-pane.ts'
import {otherHalf} from './other-half.ts'
import {overview} from './overview.ts'
import {pageDown} from './page-down.ts'
import {pageUp} from './page-up.ts'
import {output, report, wholePlan} from './pager-output.ts'
import {search, searchBack, searchOn} from './pager-search.ts'
import {nextStep, previousStep} from './pager-step.ts'
import {copyLine, toTheLeft, toTheRight, wholeLine, wrapLines} from './pager-view.ts'
import {previousPane} from './previous-pane.ts'
import {promote} from './promote.ts'
import {quit} from './quit.ts'
import {longerRange, shorterRange} from './range.ts'
import {refresh} from './refresh.ts'
import {rollback} from './rollback.ts'
import {run} from './run.ts'
import {runbooks} from './runbooks.ts'
import {sendAgain} from './send-again.ts'
import {silence} from './silence.ts'
import {reverse, sort, wide} from './sort.ts'
import {start} from './start.ts'
import {up} from './up.ts'
import {watch} from './watch.ts'

/**
 * Everything that can be done outside of text fields. Footer, help screen, docs/keys.md, the list behind `:` and the
 * refusals of read-only mode are made from this list; a new action is a file here and a line below.
 */
export const ACTIONS: readonly Action[] = [
  answer,
  open,
  start,
  dryRun,
  acknowledge,
  silence,
  sendAgain,
  abort,
  hold,
  promote,
  follow,
  output,
  wholePlan,
  report,
  instanceLogs,
  longerRange,
  shorterRange,
  search,
  searchOn,
  searchBack,
  wholeLine,
  nextStep,
  previousStep,
  wrapLines,
  toTheRight,
  toTheLeft,
  copyLine,
  otherHalf,
  detach,
  filter,
  sort,
  reverse,
  wide,
  runbooks,
  run,
  watch,
  activeRun,
  rollback,
  environment,
  command,
  mark,
  copy,
  copyPlanOrRun,
  details,
  up,
  down,
  pageUp,
  pageDown,
  first,
  last,
  nextPane,
  previousPane,
  ...openPane,
  overview,
  lastScreen,
  refresh,
  help,
  back,
  backByArrow,
  quit,
]
