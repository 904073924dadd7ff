import path from 'node:path'
import {BaseSequencer, type TestSpecification} from 'vitest/node'

/**
 * Files of half a minute or so, longest first; `./scripts/test` names the slowest at its end. They begin before all
 * others of their suites, so that at the end none of them is left with one worker while the others have nothing to do.
 */
export const LONG: readonly string[] = [
  'test/flows/foreign-production.test.ts',
  'test/flows/lab-deploys.test.ts',
  'test/flows/console-survives.test.ts',
  'test/flows/package.test.ts',
  'test/runbooks/release.test.ts',
  'test/runbooks/canary.test.ts',
  'test/flows/approval.test.ts',
  'test/flows/console-outage.test.ts',
  'src/backups/storage/ssh/ssh.server.test.ts',
  'test/reliability/crash-points.test.ts',
  'test/flows/stalled.test.ts',
  'src/backups/storage/ssh/backups.server.test.ts',
  'test/flows/lab-journal.test.ts',
  'test/reliability/process-trees.test.ts',
  'src/lab/lab.server.test.ts',
  'src/lab/crash.server.test.ts',
  'test/flows/lab-restore.test.ts',
  'test/admission/commands.test.ts',
  'src/releases/ops.server.test.ts',
  'test/flows/console-leaves.test.ts',
  'src/runs/stall-watch.server.test.ts',
]

const ROOT = path.resolve(import.meta.dirname, '../..')

/** The usual order (what failed, what took long here, what is large), but for the files above. */
export class LongFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({moduleId}: TestSpecification): number => {
      const found = LONG.indexOf(path.relative(ROOT, moduleId))
      return found < 0 ? LONG.length : found
    }
    const group = ({project}: TestSpecification): number => project.config.sequence.groupOrder
    return (await super.sort(files)).toSorted((a, b) => group(a) - group(b) || rank(a) - rank(b))
  }
}
