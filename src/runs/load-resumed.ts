import {messageOf, OpsError} from '../errors.ts'
import type {LoadedRunbook} from '../runbooks/load.ts'
import {sha256} from '../runbooks/module-watch.ts'
import type {RunRequest} from '../runbooks/ports.ts'
import type {RunsContext} from './context.ts'
import {hasChanged, standIn} from './load-planned.ts'
import {loadWatched} from './load-watched.ts'
import type {ResumeOrder} from './resume-tools.ts'
import {readBounded} from '../files/bounded-file.ts'

type Asked = Pick<RunRequest, 'file' | 'plan' | 'run' | 'sources'>

/**
 * The runbook of a run that is resumed. Only to undo, one that is gone or has changed is loaded by the text that the run
 * kept; where that is not whole either, nothing of it can be undone, but the run can be ended.
 */
export async function loadResumed(
  context: Pick<RunsContext, 'options' | 'stalls'>,
  request: Asked,
  {abandon, override}: Pick<ResumeOrder, 'abandon' | 'override'>,
): Promise<LoadedRunbook> {
  const {file, plan} = request
  if (abandon === undefined || override !== undefined || isAsItWas(request)) {
    try {
      return await loadWatched(context, file)
    } catch (error) {
      if (abandon === undefined) throw gone(request, error)
    }
  }
  const {modules} = context.options
  if (modules && keptWhole(request)) {
    modules.restore(request.sources ?? [])
    return loadWatched(context, file)
  }
  return standIn(file, plan, new OpsError('runbook/changed', `${file} is not as it was when the run began`))
}

const isAsItWas = ({file, plan}: Asked): boolean => !(plan.files ?? [{file, hash: plan.runbookHash}]).some(hasChanged)

/** Secrets were taken out of what was kept, and long files were not kept. */
function keptWhole({file, plan, sources = []}: Asked): boolean {
  const files = plan.files ?? [{file, hash: plan.runbookHash}]
  return files.every(each => {
    const text = sources.find(source => source.file === each.file)?.text
    return text !== undefined && sha256(Buffer.from(text)) === each.hash
  })
}

function gone({file, run}: Asked, cause: unknown): OpsError {
  const why = isThere(file) ? messageOf(cause) : `${file} is missing or cannot be read`
  return new OpsError('runbook/changed', `run ${run} cannot be resumed without its runbook: ${why}`, {
    cause,
    hint: `Put the file back as it was. Or undo what was done, by the text that the run kept: \`opsconsole runs abort ${run}\`.`,
  })
}

function isThere(file: string): boolean {
  try {
    readBounded(file)
    return true
  } catch {
    return false
  }
}
