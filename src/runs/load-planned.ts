import {OpsError} from '../errors.ts'
import type {LoadedRunbook} from '../runbooks/load.ts'
import {type RunbookFile, sha256} from '../runbooks/module-watch.ts'
import type {Plan} from '../runbooks/plan.ts'
import type {RunRequest} from '../runbooks/ports.ts'
import type {RunsContext} from './context.ts'
import {loadWatched} from './load-watched.ts'
import {readBounded} from '../files/bounded-file.ts'

/**
 * The runbook that a plan was made of, and from then on nothing else: no line of a file that changed since is run, now
 * or when a step imports it. What changed is told by whoever freezes the plan again.
 */
export async function loadPlanned(
  context: Pick<RunsContext, 'options' | 'stalls'>,
  {file, plan}: Pick<RunRequest, 'file' | 'plan'>,
): Promise<LoadedRunbook> {
  const {files = []} = plan
  const changed = files.filter(hasChanged)
  if (changed.length > 0) return standIn(file, plan, changedSince(changed))
  if (files.length > 0) context.options.modules?.onlyAllow(files)
  return loadWatched(context, file)
}

/** Whether a file is gone or has other bytes. */
export const hasChanged = ({file, hash}: RunbookFile): boolean => {
  try {
    return sha256(readBounded(file)) !== hash
  } catch {
    return true
  }
}

const changedSince = (changed: readonly RunbookFile[]): OpsError =>
  new OpsError(
    'runbook/changed',
    `the runbook changed since the plan was shown: ${changed.map(({file}) => file).join(', ')} ${changed.length === 1 ? 'is' : 'are'} not as before. Plan again`,
  )

/** In place of a runbook that must not be loaded: it has no steps, and says why. */
export const standIn = (file: string, plan: Plan, problem: OpsError): LoadedRunbook => ({
  file,
  hash: '',
  runbook: {
    kind: 'runbook',
    name: plan.runbook,
    summary: plan.summary,
    danger: plan.danger,
    plan: () => {
      throw problem
    },
  },
})
