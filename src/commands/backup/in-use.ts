import {OpsError} from '../../errors.ts'
import type {LockHolder} from '../../runbooks/ports.ts'
import {formatAge} from '../../units/duration.ts'
import type {CommandContext} from '../command.ts'

/** See `backupLock`. */
const WORK = ['backup', 'copies', 'drill'] as const

/**
 * What makes, copies, restores or drills a backup holds a lock on it, and must find what its plan named until its end.
 * Raises `lock/held`; `lock/unreachable` when nobody can tell what other hosts hold.
 */
export async function refuseWhileUsed(
  context: Pick<CommandContext, 'clock' | 'engine' | 'environment'>,
  backup: string,
): Promise<void> {
  const {locks, problem} = await context.engine().locks()
  const resources = WORK.map(work => `${context.environment().name}/${work}:${backup}`)
  const holder = locks.find(({resource}) => resources.includes(resource))
  if (holder !== undefined)
    throw new OpsError('lock/held', `${holder.resource} is locked: ${wordsOf(holder, context.clock.now())}`, {
      hint: 'Wait for its end. A run that was interrupted ends by `opsconsole runs resume` or `opsconsole runs abort`.',
    })
  if (problem !== undefined)
    throw new OpsError('lock/unreachable', `a run on another host may need what would be removed: ${problem}`)
}

const wordsOf = ({run, actor, host, acquiredAt}: LockHolder, now: number): string =>
  `run ${run} of ${actor} on ${host} holds it since ${formatAge(acquiredAt, now)}`
