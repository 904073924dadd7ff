import {sendAgain} from '../../alerts/send-again.ts'
import {undeliveredOf} from '../../alerts/undelivered.ts'
import {EXIT, OpsError} from '../../errors.ts'
import {escapeLine} from '../../text/escape.ts'
import type {Command} from '../command.ts'
import {alignColumns} from '../runs/table.ts'

export const command: Command = {
  name: 'alerts retry',
  summary: 'Send notifications that were given up, now and once',
  help: 'Exit code 1 when a channel did not accept one; it can be tried again.',
  arguments: [
    {
      name: 'ID',
      required: true,
      description: 'Id as alerts undelivered shows it, or a part of it: all that match are sent',
    },
  ],
  flags: {
    channel: {type: 'string', value: 'CHANNEL', completes: 'channel', description: 'Only on this channel'},
  },
  changes: true,
  async run({args, flags}, context) {
    const text = args[0] ?? ''
    const here = context.environment().name
    const letters = undeliveredOf(context.alertStore(), context.records, context.clock.now()).filter(
      ({id, channel, environment, sent}) =>
        sent === undefined &&
        environment === here &&
        id.includes(text) &&
        (flags['channel'] === undefined || channel === flags['channel']),
    )
    if (letters.length === 0)
      throw new OpsError('alert/unknown', `nothing that was given up is called ${escapeLine(text, 100)}`, {
        hint: 'See: opsconsole alerts undelivered',
      })
    const results = await sendAgain(
      letters,
      {
        ...context,
        fetch,
        clean: context.intake().clean,
        channels: context.config().alerts.channels,
        carryOut: (intended, work) => context.change(intended, work),
        by: context.actor().name,
      },
      context.signal,
    )
    const isDone = results.every(({delivered}) => delivered)
    const rows = results.map(({id, channel, delivered, outcome}) => [
      delivered ? '● delivered' : '✘ failed',
      channel,
      id,
      delivered ? '' : outcome,
    ])
    return {data: results, text: alignColumns(rows), exitCode: isDone ? EXIT.done : EXIT.failed}
  },
}
