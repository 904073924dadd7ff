import {closest} from '../../../text/closest.ts'
import {labelWords} from '../../label-words.ts'
import {planCommand} from '../../plan-command.ts'
import type {Notification} from '../channel.ts'

const HOLE = /\{([^{}]*)\}/g

/** What a hole may be: the fields of a notification that are words. */
const FIELDS = [
  'id',
  'rule',
  'severity',
  'target',
  'environment',
  'state',
  'summary',
  'reason',
  'text',
  'since',
  'firedAt',
  'resolvedAt',
  'sentAt',
] as const satisfies readonly (keyof Notification)[]
/** And these, which are words of several. */
const WORDS = ['labels', 'plan'] as const
const LABEL = /^labels\.(.+)$/

/** The template with its holes filled; TEST goes before it when nothing is wrong, whatever it says. */
export function fillTemplate(template: string, notification: Notification): string {
  const {labels = {}} = notification
  const known: ReadonlyMap<string, string | null> = new Map([
    ...FIELDS.map(field => [field, notification[field]] as const),
    ['labels', labelWords(labels)] as const,
    ['plan', planCommand(notification) ?? ''] as const,
    ...Object.entries(labels).map(([name, value]) => [`labels.${name}`, value] as const),
  ])
  const words = template.replaceAll(HOLE, (_, field: string) => known.get(field) ?? '')
  return notification.test ? `TEST, nothing is wrong: ${words}` : words
}

/** What is wrong with a template; undefined: nothing is. */
export function templateProblem(template: string): string | undefined {
  for (const [hole, field = ''] of template.matchAll(HOLE)) {
    const fields = [...FIELDS, ...WORDS]
    if ((fields as readonly string[]).includes(field) || LABEL.test(field)) continue
    const near = closest(field, fields)
    return `has no field ${hole}${near ? `, did you mean {${near}}?` : `; there are ${fields.join(', ')}, labels.NAME`}`
  }
  return undefined
}
