/** What a runbook imports: `import {runbook, step, z} from 'opsconsole'`. */
export {z} from 'zod'
export type {
  CheckAnswer,
  Confirm,
  Danger,
  FactsContext,
  Forecast,
  Guard,
  GuardContext,
  PlanContext,
  RunbookDefinition,
  Step,
  StepContext,
} from './runbooks/define.ts'
export {type DrillMoments, measureDrill} from './drills/measure.ts'
export {drillLine, drillReport} from './drills/report.ts'
export {backupLock} from './runbooks/backup-lock.ts'
export {runbook, step} from './runbooks/define.ts'
export {tableAfterwards, type TableRestore, tableSteps} from './runbooks/table-steps.ts'
export {afterwardsOf, factsOf, type IncludeOptions, locksOf, stepsOf} from './runbooks/compose.ts'
export {failedHosts} from './runbooks/host-work.ts'
export {type HostContext, hosts, type HostsOptions} from './runbooks/hosts.ts'
export {type Figures, figuresTable, releaseFigures, type ReleaseFigures} from './releases/figures.ts'
export {restorePointLines, wayBackNow, wayBackWords} from './releases/way-back.ts'
export {quoteName} from './connections/postgres/quote.ts'
export {quotePosix, remoteShell, sshArgv, type SshOptions} from './shell/ssh.ts'
export type {Ops, Verdict} from './runbooks/ops.ts'
export type {ProcessOutput, Shell, ShellCommand, ShellOptions} from './shell/shell.ts'
export type {FakeCall, FakeResult, TestRun, TestRunOptions} from './authoring/testing/test-run.ts'
export {testRunbook} from './authoring/test-runbook.ts'
