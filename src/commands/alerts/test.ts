import {openChannels} from '../../alerts/channels/open-channels.ts'
import {rehearseAlert} from '../../alerts/rehearse.ts'
import {EXIT, OpsError} from '../../errors.ts'
import {formatDuration} from '../../units/duration.ts'
import type {Command} from '../command.ts'
import {alignColumns} from '../runs/table.ts'

export const command: Command = {
  name: 'alerts test',
  summary: 'Send a synthetic failure through the whole path to a channel, and measure how long it takes',
  help: 'The notification says that it is a test. Exit code 1 when a channel did not accept it.',
  arguments: [
    {
      name: 'CHANNEL',
      required: false,
      completes: 'channel',
      description: 'Name of the channel; all of them when left out',
    },
  ],
  changes: true,
  async run({args}, context) {
    const config = context.config().alerts
    const wanted = config.channels.filter(({name}) => args[0] === undefined || name === args[0])
    if (wanted.length === 0) {
      const names = config.channels.map(({name}) => name).join(', ')
      throw new OpsError('usage/arguments', args[0] === undefined ? 'no channel is configured' : 'no such channel', {
        hint: names === '' ? 'Add one under alerts: channels: in the configuration.' : `There are: ${names}.`,
      })
    }
    const opened = openChannels(wanted, {secret: context.secret, fetch, exec: context.exec})
    const results = await context.change({action: 'alert test', target: wanted.map(({name}) => name).join(', ')}, () =>
      rehearseAlert(opened, config, context.environment().name, context.clock),
    )
    const rows = results.map(({channel, delivered, delayMs, outcome}) => [
      delivered ? '● delivered' : '✘ failed',
      channel,
      formatDuration(delayMs),
      delivered ? '' : outcome,
    ])
    return {
      data: results,
      text: alignColumns([['STATE', 'CHANNEL', 'TOOK', ''], ...rows]),
      exitCode: results.every(({delivered}) => delivered) ? EXIT.done : EXIT.failed,
    }
  },
}
