import {OpsError} from '../../errors.ts'
import type {PlacedHeartbeat} from '../../heartbeats/config.ts'
import type {Beat} from '../../heartbeats/record.ts'
import {oneOf} from '../../kinds/issue.ts'
import type {CommandContext, CommandInput, ReadingCommand} from '../command.ts'

/** What it keeps is a measurement, as what a probe finds is: it changes nothing, so it asks no gate and is in no trail. */
export const command: ReadingCommand = {
  name: 'heartbeat',
  summary: 'Report that a job has started, ended well, or failed',
  help: 'At the end of a job: `opsconsole heartbeat NAME --exit-code $?`. Without a flag it has ended well. On another host the same by HTTP: see docs/heartbeats.md.',
  arguments: [{name: 'name', required: true, completes: 'heartbeat', description: 'Name of the heartbeat'}],
  flags: {
    start: {type: 'boolean', description: 'It has started; when it does not end within endWithin, that is an alert'},
    fail: {type: 'boolean', description: 'It has failed'},
    'exit-code': {type: 'string', value: 'N', description: 'It has ended with this exit code: 0 is well'},
    message: {type: 'string', value: 'TEXT', description: 'What it says beside, shown with a failure'},
  },
  run: async (input, context) => {
    const heartbeat = findHeartbeat(context, input.args[0] as string)
    const {flags} = input
    const beat = beatOf(flags)
    const {keepBeat} = await import('../../heartbeats/receive.ts')
    const message = typeof flags['message'] === 'string' ? flags['message'] : undefined
    const record = keepBeat(context.records, heartbeat, {...beat, message}, context.clock.now())
    return {data: {name: heartbeat.name, ...record}, text: `${heartbeat.name}: ${beat.says}`}
  },
}

function beatOf(flags: CommandInput['flags']): Beat {
  const given = [flags['start'] === true, flags['fail'] === true, flags['exit-code'] !== undefined].filter(Boolean)
  if (given.length > 1) throw new OpsError('usage/arguments', 'give one of --start, --fail, --exit-code')
  if (flags['start'] === true) return {says: 'start'}
  if (flags['fail'] === true) return {says: 'failure'}
  if (flags['exit-code'] === undefined) return {says: 'success'}
  const exitCode = Number(flags['exit-code'])
  if (!Number.isInteger(exitCode) || exitCode < 0 || exitCode > 255)
    throw new OpsError('usage/arguments', '--exit-code should be a number from 0 to 255')
  return {says: exitCode === 0 ? 'success' : 'failure', exitCode}
}

/** Of one environment, or the only one of its name. */
function findHeartbeat(context: CommandContext, name: string): PlacedHeartbeat {
  const {environmentName} = context
  const all = context
    .config()
    .heartbeats.filter(
      ({send, environment}) => send === undefined && (environmentName === undefined || environment === environmentName),
    )
  const named = all.filter(each => each.name === name)
  const [found] = named.length < 2 ? named : named.filter(each => each.environment === context.environment().name)
  if (found !== undefined) return found
  const known = all.map(each => each.name)
  throw new OpsError('usage/arguments', `the heartbeat ${oneOf(name, known)}`, {hint: 'See `opsconsole heartbeats`.'})
}
