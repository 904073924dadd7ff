import type {IntakeMapping} from '../config.ts'
import {entriesIn, type ReadSent, textOf} from '../sent.ts'

/** Of one document. */
const MOST = 1_000

/** JSON of any shape, by the mapping of the configuration. */
export const readJson: ReadSent = (json, {mapping}) => {
  if (mapping === undefined) throw new Error('nothing says how this is read')
  const list = mapping.list === undefined ? [json] : valueAt(json, mapping.list)
  if (!Array.isArray(list)) throw new Error(`there is no list at ${mapping.list ?? ''}`)
  return entriesIn(list.slice(0, MOST)).map(entry => sentOf(entry, mapping))
}

function sentOf(entry: unknown, mapping: IntakeMapping): ReturnType<ReadSent>[number] {
  const fill = (template: string | undefined): string | undefined => {
    const text = template?.replaceAll(/\{([^{}]+)\}/g, (_, path: string) => wordsOf(valueAt(entry, path)))
    return text === undefined || text.trim() === '' ? undefined : text
  }
  const rule = fill(mapping.rule) ?? 'alert'
  const subject = fill(mapping.subject) ?? rule
  const state = fill(mapping.state)?.toLowerCase()
  return {
    rule,
    subject,
    key: fill(mapping.id) ?? JSON.stringify([rule, subject]),
    severity: fill(mapping.severity),
    summary: fill(mapping.summary) ?? rule,
    labels: {},
    since: undefined,
    over: state !== undefined && mapping.resolved.some(each => each.toLowerCase() === state),
  }
}

/** `a.b.0.c`: only what the document itself has. */
function valueAt(json: unknown, path: string): unknown {
  let value: unknown = json
  for (const key of path.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined
    value = (value as Readonly<Record<string, unknown>>)[key]
  }
  return value
}

const wordsOf = (value: unknown): string =>
  textOf(value) ??
  (typeof value === 'boolean' ? String(value) : value === undefined || value === null ? '' : JSON.stringify(value))
