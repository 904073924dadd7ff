import {formatAge} from '../../units/duration.ts'
import type {Command} from '../command.ts'
import {alignColumns} from '../runs/table.ts'

export const command: Command = {
  name: 'lock list',
  summary: 'List the locks that are held: by whom, why, since when',
  run: async (_input, house) => {
    const locks = house.engine().locks()
    const now = house.clock.now()
    const rows = locks.map(lock => [
      lock.lock,
      lock.resource,
      lock.run,
      lock.actor,
      lock.host,
      formatAge(lock.acquiredAt, now),
      formatAge(lock.heartbeatAt, now),
      lock.reason,
    ])
    return {
      data: locks,
      text:
        locks.length === 0
          ? 'No lock is held.'
          : alignColumns([['LOCK', 'RESOURCE', 'RUN', 'BY', 'HOST', 'SINCE', 'HEARTBEAT', 'REASON'], ...rows]),
    }
  },
}
