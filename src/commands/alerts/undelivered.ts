import type {Undelivered} from '../../alerts/letters.ts'
import {undeliveredOf} from '../../alerts/undelivered.ts'
import {formatMoment} from '../../units/moment.ts'
import type {Command} from '../command.ts'
import {alignColumns} from '../runs/table.ts'

export const command: Command = {
  name: 'alerts undelivered',
  summary: 'Show notifications that were given up within a week, because no attempt was accepted while they were news',
  help: '`alerts retry` sends them all the same.',
  flags: {all: {type: 'boolean', description: 'Also those that were sent by hand since'}},
  async run({flags}, context) {
    const now = context.clock.now()
    const here = context.environment().name
    const shown = undeliveredOf(context.alertStore(), context.records, now).filter(
      ({environment, sent}) => environment === here && (flags['all'] === true || sent === undefined),
    )
    return {data: shown, text: undeliveredText(shown, now)}
  },
}

function undeliveredText(letters: readonly Undelivered[], now: number): string {
  if (letters.length === 0) return 'Nothing was given up.'
  return alignColumns([
    ['ID', 'CHANNEL', 'AT', 'WHAT', 'WHY'],
    ...letters.map(({id, channel, at, notification, why, sent}) => [
      id,
      channel,
      formatMoment(at, now),
      notification.text,
      sent === undefined ? why : `sent by ${sent.by} ${formatMoment(sent.at, now)}`,
    ]),
  ])
}
