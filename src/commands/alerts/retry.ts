import {cleanChannel} from '../../alerts/channels/clean-channel.ts'
import type {Channel} from '../../alerts/channels/channel.ts'
import {openChannels} from '../../alerts/channels/open-channels.ts'
import {markSent, type Undelivered} from '../../alerts/letters.ts'
import {undeliveredOf} from '../../alerts/undelivered.ts'
import {EXIT, messageOf, OpsError} from '../../errors.ts'
import {escapeLine} from '../../text/escape.ts'
import type {ChangingContext, Command} from '../command.ts'
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
    const {clean} = context.intake()
    const {channels: specs} = context.config().alerts
    const channels = openChannels(specs, {secret: context.secret, fetch, exec: context.exec})
    const results = []
    for (const letter of letters) {
      const channel = channels.find(({name}) => name === letter.channel)
      results.push(await send(context, letter, channel && cleanChannel(channel, clean)))
    }
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

interface Result {
  readonly id: string
  readonly channel: string
  readonly delivered: boolean
  readonly outcome: string
}

async function send(context: ChangingContext, letter: Undelivered, channel: Channel | undefined): Promise<Result> {
  const {id, channel: name, notification} = letter
  const by = context.actor().name
  let outcome: string | undefined
  const deliver = async (): Promise<void> => {
    try {
      if (channel === undefined) throw new OpsError('usage/arguments', `no channel is called ${name} any more`)
      const within = AbortSignal.any([context.signal, AbortSignal.timeout(channel.timeoutMs)])
      await channel.deliver({...notification, sentAt: new Date(context.clock.now()).toISOString()}, within)
    } catch (error) {
      outcome = messageOf(error)
      throw error
    }
  }
  try {
    await context.change({action: 'notification sent again', target: `${id} to ${name}`}, deliver)
  } catch (error) {
    // Not tried: the gate let nothing through.
    if (outcome === undefined) throw error
    return {id, channel: name, delivered: false, outcome}
  }
  const at = context.clock.now()
  markSent(context.records, letter, by, at)
  if (!id.startsWith('run/'))
    context
      .timelines()
      .add({alert: id, at, kind: 'sent', channel: name, text: `${notification.state}, by ${by} by hand`})
  return {id, channel: name, delivered: true, outcome: 'delivered'}
}
