import type {LockHolder} from '../../runbooks/ports.ts'
import {formatAge} from '../../units/duration.ts'
import type {Command} from '../command.ts'
import {alignColumns} from '../runs/table.ts'

export const command: Command = {
  name: 'lock list',
  summary: 'List the locks that are held: by whom, why, since when',
  help: 'With `sharedLocks` in the configuration a lock is held twice, under one id: among the runs of this state directory (local) and among all hosts (shared). When the shared ones cannot be read, that is said and the exit code is 1.',
  run: async (_input, context) => {
    const {locks, problem} = await context.engine().locks()
    if (problem !== undefined) context.err(`The shared locks are not among these: ${problem}\n`)
    return {
      data: locks,
      text:
        locks.length === 0
          ? `No ${problem === undefined ? 'lock' : 'local lock'} is held.`
          : locksText(locks, context.clock.now()),
      exitCode: problem === undefined ? 0 : 1,
    }
  },
}

export const locksText = (locks: readonly LockHolder[], now: number): string =>
  alignColumns([
    ['LOCK', 'KIND', 'RESOURCE', 'RUN', 'BY', 'HOST', 'SINCE', 'HEARTBEAT', 'STEP', 'REASON'],
    ...locks.map(lock => [
      lock.lock,
      lock.scope,
      lock.resource,
      lock.run,
      lock.actor,
      lock.host,
      formatAge(lock.acquiredAt, now),
      formatAge(lock.heartbeatAt, now),
      lock.step ?? '',
      lock.reason,
    ]),
  ])
