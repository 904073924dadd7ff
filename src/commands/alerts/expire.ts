import {expireSilence} from '../../alerts/routing/silences.ts'
import {escapeLine} from '../../text/escape.ts'
import type {Command} from '../command.ts'

export const command: Command = {
  name: 'alerts expire',
  summary: 'End a silence now: what it held and still fires is notified',
  arguments: [{name: 'SILENCE', required: true, description: 'Id of the silence, as alerts silences shows it'}],
  changes: true,
  async run({args}, context) {
    const id = args[0] ?? ''
    const by = context.actor().name
    const {desk} = await context.answering()
    const source = desk.sourceOfSilence(id)
    await context.change({action: 'silence ended', target: `silence ${escapeLine(id, 100)}`}, async () =>
      source === undefined
        ? expireSilence(context.silences(), id, by, context.clock.now())
        : desk.expire(source, id, context.signal),
    )
    return {data: {id, expired: {by}}, text: `${id} is ended.`}
  },
}
