import {messageOf, OpsError} from '../errors.ts'
import {isAlive} from '../processes/identity.ts'
import type {LockList, ReleasedLock} from './engine.ts'
import type {LockHolder} from '../runbooks/ports.ts'
import type {RunsContext} from './context.ts'
import type {SharedRunLocks} from './ports.ts'

/** Local and shared locks. Those that cannot be read are told of, never left out silently. */
export async function listLocks(context: RunsContext): Promise<LockList> {
  const local = context.locks().list()
  try {
    const shared = (await configured(context)?.list()) ?? []
    return {locks: [...local, ...shared], problem: undefined}
  } catch (error) {
    return {locks: local, problem: messageOf(error)}
  }
}

/** Without any configuration there is none of shared locks; a faulty one may well have it. */
function configured(context: RunsContext): SharedRunLocks | undefined {
  try {
    return context.sharedLocks()
  } catch (error) {
    if (error instanceof OpsError && error.code === 'config/missing') return undefined
    throw error
  }
}

/** Takes a lock away, on this host and among hosts. Both have one id. */
export async function releaseLock(context: RunsContext, lock: string, reason: string): Promise<ReleasedLock> {
  const {locks, problem} = await listLocks(context)
  const both = locks.filter(candidate => candidate.lock === lock)
  const [holder] = both
  if (!holder)
    throw new OpsError(
      problem === undefined ? 'lock/unknown' : 'lock/unreachable',
      `there is no lock ${JSON.stringify(lock)}${problem === undefined ? '' : ` on this host, and ${problem}`}`,
      {hint: 'See `opsconsole lock list`.'},
    )
  refuseLiveClaim(holder)
  const scope = both.map(each => each.scope).join(', ')
  const entry = {
    action: 'lock released by force',
    target: holder.resource,
    environment: holder.resource.split('/')[0] ?? '',
    reason,
    run: holder.run,
    detail: {holder: holder.actor, host: holder.host, scope},
  }
  context.audit().append({...entry, phase: 'intent'})
  try {
    context.locks().forceRelease(lock)
    if (both.some(each => each.scope === 'shared')) await configured(context)?.forceRelease(lock)
  } catch (error) {
    context.audit().append({...entry, phase: 'outcome', outcome: 'failed', reason: messageOf(error)})
    throw error
  }
  context.audit().append({...entry, phase: 'outcome', outcome: 'done'})
  return {holder: shownHolder(both, holder), problem}
}

/** Two runners of one run would write one journal. Nobody needs to take this away: it ends with its process. */
function refuseLiveClaim({resource, run, process}: LockHolder): void {
  if (resource !== `run/${run}` || !isAlive(process)) return
  throw new OpsError('run/held', `process ${process.pid} works on run ${run}; this claim ends with it`, {
    hint: `Abort it with \`opsconsole runs abort ${run}\`, or end that process.`,
  })
}

/** The shared row knows of the step in flight. */
const shownHolder = (both: readonly LockHolder[], holder: LockHolder): LockHolder =>
  both.find(each => each.scope === 'shared') ?? holder
