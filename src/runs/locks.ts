import type {Consent} from '../admission/change.ts'
import {messageOf, OpsError} from '../errors.ts'
import {isAlive} from '../processes/identity.ts'
import type {LockList, ReleasedLock} from './engine.ts'
import type {LockHolder} from '../runbooks/ports.ts'
import {releaseChange} from './changes.ts'
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
export async function releaseLock(
  context: RunsContext,
  lock: string,
  said: {readonly reason: string; readonly consent: Consent},
): Promise<ReleasedLock> {
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
  const change = releaseChange(context.actor(), holder, {...said, scope, environment: environmentOf(context, holder)})
  await context.gate.carryOut(change, async () => {
    context.locks().forceRelease(lock)
    if (both.some(each => each.scope === 'shared')) await configured(context)?.forceRelease(lock)
  })
  return {holder: shownHolder(both, holder), problem}
}

/** Resources begin with their environment; the claim on a run has that of the run, which may be of another host. */
function environmentOf(context: RunsContext, {resource, run}: LockHolder): string {
  const [first = ''] = resource.split('/')
  if (first !== 'run') return first
  try {
    return context.runs().run(run).request().environment
  } catch {
    return ''
  }
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
