import {openByHand, type Silence} from '../../alerts/routing/silence.ts'
import {OpsError} from '../../errors.ts'
import {escapeLine} from '../../text/escape.ts'
import type {ChangingContext, Command} from '../command.ts'

export const command: Command = {
  name: 'maintenance off',
  summary: 'End a maintenance that was started by hand: what still is wrong is notified',
  arguments: [
    {
      name: 'ID',
      required: false,
      description: 'Which one, as maintenance list shows it; not needed when there is only one',
    },
  ],
  changes: true,
  async run({args}, context) {
    const {id, matcher, reason} = chosen(context, args[0])
    const [by, at] = [context.actor().name, context.clock.now()]
    await context.change({action: 'maintenance ended', target: `maintenance ${id}`, reason}, () =>
      context.silences().expire(id, {by, at}),
    )
    return {data: {id, matcher, expired: {by, at}}, text: `${id} is ended.`}
  },
}

function chosen(context: ChangingContext, id: string | undefined): Silence {
  const now = context.clock.now()
  const here = context.environment().name
  const open = context
    .silences()
    .since(now)
    .filter(each => openByHand([each], now).length > 0 && each.matcher.environments?.includes(here))
  const found = id === undefined ? open : open.filter(each => each.id === id)
  const [only] = found
  if (only !== undefined && found.length === 1) return only
  const hint = 'See: opsconsole maintenance list'
  if (found.length > 1)
    throw new OpsError('usage/arguments', `several are open, say which: ${found.map(each => each.id).join(', ')}`, {
      hint,
    })
  const what = id === undefined ? 'no maintenance was started by hand' : `no maintenance ${escapeLine(id, 100)} is open`
  throw new OpsError('alert/silence-unknown', `${what} in ${here}`, {hint})
}
