import {labelWords} from '../../label-words.ts'
import {planCommand} from '../../plan-command.ts'
import type {Notification} from '../channel.ts'

/** What is said of a notification, whatever the receiver's markup. Plain text; nothing in it is a secret. */
export interface Facts {
  /** `FIRING`, `RESOLVED`; with `TEST` before it when nothing is wrong. */
  readonly state: string
  readonly severity: string
  readonly target: string
  readonly summary: string
  /** Name and value, such as `rule` and `down`. */
  readonly details: readonly (readonly [string, string])[]
}

export function factsOf(notification: Notification): Facts {
  const {
    state,
    severity,
    target,
    reason,
    environment,
    rule,
    since,
    resolvedAt,
    test,
    fallbackFor,
    summary,
    flapping,
    others,
    maybeSentBefore,
    labels = {},
  } = notification
  const plan = planCommand(notification)
  return {
    state: `${test ? 'TEST, nothing is wrong: ' : ''}${state.toUpperCase()}`,
    severity,
    target: oneLine(target),
    summary: oneLine(state === 'firing' ? summary : `${flapping ? 'flapping; ' : ''}${reason} (it was ${summary})`),
    details: [
      ['environment', oneLine(environment)],
      ['rule', rule],
      ['since', since],
      ...(resolvedAt === null ? [] : [[state, resolvedAt] as const]),
      ...others.map(each => ['and', oneLine(`${each.target}: ${each.summary}`)] as const).slice(0, 10),
      ...(Object.keys(labels).length === 0 ? [] : [['labels', oneLine(labelWords(labels).slice(0, 300))] as const]),
      ...(plan === undefined ? [] : [['plan', oneLine(plan)] as const]),
      ...(fallbackFor === null ? [] : [['instead of', oneLine(fallbackFor)] as const]),
      ...(maybeSentBefore ? [['note', 'may have arrived before'] as const] : []),
    ],
  }
}

const oneLine = (text: string): string => text.replaceAll(/\s+/g, ' ').trim()
