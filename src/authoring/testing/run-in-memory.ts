import type {Runbook} from '../../runbooks/define.ts'
import {executeRun} from '../../runbooks/execute.ts'
import {prepareRun} from './memory-run.ts'
import type {TestRun, TestRunOptions} from './test-run.ts'

/** See `testRunbook`. */
export async function runInMemory(runbook: Runbook, options: TestRunOptions): Promise<TestRun> {
  const run = await prepareRun(runbook, options)
  return run.result(await executeRun(run.tools))
}
