import {closest} from '../../../text/closest.ts'
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

/** The template with its holes filled; TEST goes before it when nothing is wrong, whatever it says. */
export function fillTemplate(template: string, notification: Notification): string {
  const known: ReadonlyMap<string, string | null> = new Map(FIELDS.map(field => [field, notification[field]]))
  const words = template.replaceAll(HOLE, (_, field: string) => known.get(field) ?? '')
  return notification.test ? `TEST, nothing is wrong: ${words}` : words
}

/** What is wrong with a template; undefined: nothing is. */
export function templateProblem(template: string): string | undefined {
  for (const [hole, field = ''] of template.matchAll(HOLE)) {
    if ((FIELDS as readonly string[]).includes(field)) continue
    const near = closest(field, FIELDS)
    return `has no field ${hole}${near ? `, did you mean {${near}}?` : `; there are ${FIELDS.join(', ')}`}`
  }
  return undefined
}
