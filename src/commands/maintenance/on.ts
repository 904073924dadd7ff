import {matcherWords} from '../../alerts/routing/matcher.ts'
import {silenceEnd} from '../../alerts/routing/silence.ts'
import {newSilence} from '../../alerts/routing/silences.ts'
import {OpsError} from '../../errors.ts'
import {parseDuration} from '../../units/duration.ts'
import type {Command} from '../command.ts'

const LONGEST_MS = 7 * 86_400_000

export const command: Command = {
  name: 'maintenance on',
  summary: 'Begin a maintenance: nobody is notified, no error budget is spent, until it ends by itself',
  help: 'Watching goes on. What still is wrong at the end is notified then. It is for everything in the environment, or for --on.',
  flags: {
    for: {type: 'string', value: 'DUR', description: 'How long, such as 2h, 7d at most; required'},
    reason: {type: 'string', value: 'TEXT', description: 'Why; required'},
    on: {
      type: 'string',
      multiple: true,
      value: 'TARGET',
      description: 'Only these, such as service/web or database/*; everything in the environment when left out',
    },
  },
  changes: true,
  async run({flags}, context) {
    const reason = String(flags['reason'] ?? '').trim()
    if (reason === '') throw wrong('--reason is missing: others must know what is being done')
    const forMs = parseDuration(String(flags['for'] ?? ''))
    if (forMs === undefined || forMs <= 0 || forMs > LONGEST_MS)
      throw wrong('--for should be a duration such as 30m or 4h, 7d at most: a maintenance must have an end')
    const on = (flags['on'] ?? []) as readonly string[]
    const odd = on.find(each => !/^[a-z*]+\/[^/]+$/.test(each))
    if (odd !== undefined) throw wrong('--on should be written like service/web, cache/* or */*')
    const now = context.clock.now()
    const matcher = {...(on.length > 0 && {on}), environments: [context.environment().name]}
    const author = context.actor().name
    const window = newSilence({matcher, maintenance: true, author, reason, forMs}, now)
    const what = matcherWords(matcher)
    await context.change({action: 'maintenance started', target: `maintenance ${what}`, reason}, () =>
      context.silences().add(window),
    )
    return {data: window, text: `${window.id}: maintenance of ${what} ${silenceEnd(window, now)}.`}
  },
}

const wrong = (message: string): OpsError => new OpsError('usage/arguments', message)
