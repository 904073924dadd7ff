import {heartbeatId} from '../../heartbeats/config.ts'
import {judgeHeartbeat} from '../../heartbeats/judge.ts'
import type {HeartbeatRecord} from '../../heartbeats/record.ts'
import {timesWords} from '../../heartbeats/words.ts'
import {formatAge} from '../../units/duration.ts'
import type {Command} from '../command.ts'
import {alignColumns} from '../runs/table.ts'

export const command: Command = {
  name: 'heartbeats',
  summary: 'Show signs of life: of jobs that report, and of the agent to a dead man’s switch elsewhere',
  help: 'Of all environments, or of that of --env.',
  run: async (_input, {config, environmentName, records, clock}) => {
    const now = clock.now()
    const shown = config()
      .heartbeats.filter(({environment}) => environmentName === undefined || environment === environmentName)
      .map(heartbeat => {
        const record = records.read(heartbeatId(heartbeat)) as HeartbeatRecord | undefined
        const {status: state, reason} = judgeHeartbeat(heartbeat, record, now)
        const {name, environment} = heartbeat
        const direction = heartbeat.send === undefined ? 'in' : 'out'
        return {
          name,
          environment,
          direction,
          state,
          when: timesWords(heartbeat),
          last: record?.last?.at,
          reason,
          record,
        }
      })
    const text = alignColumns([
      ['HEARTBEAT', 'ENV', 'WAY', 'STATE', 'WHEN', 'LAST', 'REASON'],
      ...shown.map(({name, environment, direction, state, when, last, reason}) => [
        name,
        environment,
        direction,
        state,
        when,
        last === undefined ? 'never' : formatAge(last, now),
        reason,
      ]),
    ])
    return {data: shown, text: shown.length === 0 ? 'No heartbeat is configured.' : text}
  },
}
