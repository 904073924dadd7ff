import type {Runbook} from '../runbooks/define.ts'
import type {TestRun, TestRunOptions} from './testing/test-run.ts'

/**
 * Runs a runbook in memory: the real engine, with the real plan, journal, checks, questions and undo, over commands
 * that the test carries out. Nothing outside of the process is touched, unless the runbook does so past `$` and `ops`.
 *
 * @example
 * const run = await testRunbook(restart, {
 *   params: {service: 'web'},
 *   facts: {instances: ['web-1', 'web-2']},
 *   exec: command => (command.includes('web-2') ? {exitCode: 1, stderr: 'no such unit'} : ''),
 * })
 * expect(run.outcome).toBe('undone')
 * expect(run.commands).toEqual(['systemctl restart web-1', 'systemctl restart web-2', 'systemctl start web-1'])
 *
 * @throws OpsError `runbook/params` for wrong parameters, `runbook/invalid` for steps that cannot be
 */
export async function testRunbook(runbook: Runbook, options: TestRunOptions = {}): Promise<TestRun> {
  // Loaded here: a runbook that is only run must not pay for the engine a second time.
  const {runInMemory} = await import('./testing/run-in-memory.ts')
  return runInMemory(runbook, options)
}
