import {closest} from '../text/closest.ts'
import type {Confirm, Danger, Guard, RunbookDefinition, Step} from './define.ts'

/** All keys of a type, held complete by the type itself. */
type KeysOf<T> = Readonly<Record<keyof Required<T>, true>>
const keys = <T>(all: KeysOf<T>): readonly string[] => Object.keys(all)

export const RUNBOOK_KEYS = keys<RunbookDefinition<never, never> & {readonly kind: 'runbook'}>({
  kind: true,
  name: true,
  summary: true,
  description: true,
  params: true,
  danger: true,
  locks: true,
  facts: true,
  plan: true,
  guards: true,
  onFailure: true,
  afterwards: true,
  report: true,
  unproven: true,
})

export const STEP_KEYS = keys<Step>({
  id: true,
  title: true,
  why: true,
  targets: true,
  hosts: true,
  confirm: true,
  check: true,
  estimate: true,
  run: true,
  verify: true,
  undo: true,
  timeout: true,
  retries: true,
  when: true,
  manual: true,
  terminal: true,
  mode: true,
  danger: true,
  stopCost: true,
  decisions: true,
  onUnknown: true,
  idempotent: true,
  readOnly: true,
})

export const CONFIRM_KEYS = keys<Confirm>({text: true, touches: true, type: true})
export const WHEN_KEYS = keys<Exclude<Step['when'], boolean | undefined>>({ok: true, reason: true})
export const GUARD_KEYS = keys<Guard>({
  id: true,
  title: true,
  condition: true,
  every: true,
  timeout: true,
  failures: true,
  after: true,
})

/** What may stand in `.meta({…})` of a parameter, beside what zod itself writes into a JSON Schema. */
const PARAM_KEYS = ['secret', 'description', 'title', 'examples', 'deprecated', 'id', 'readOnly', 'writeOnly']

export const DANGERS: readonly Danger[] = ['safe', 'disruptive', 'destructive']
export const ON_FAILURE = ['undo', 'leave'] as const
export const MODES = ['automatic', 'assisted'] as const
export const ON_UNKNOWN = ['ask', 'recheck', 'rerun'] as const

/** `confrim is not a key of a step, did you mean confirm?` Undefined: every key is known. */
export function unknownKey(what: string, value: object, known: readonly string[]): string | undefined {
  const key = Object.keys(value).find(each => !known.includes(each))
  if (key === undefined) return undefined
  const near = closest(key, known)
  return `${key} is not a key of ${what}${near === undefined ? `: it takes ${known.join(', ')}` : `, did you mean ${near}?`}`
}

/** `danger should be one of safe, …, got "destructiv", did you mean destructive?` Undefined: it is one, or left out. */
export function unknownValue(key: string, value: unknown, known: readonly string[]): string | undefined {
  if (value === undefined || known.includes(value as string)) return undefined
  const near = typeof value === 'string' ? closest(value, known) : undefined
  return `${key} should be one of ${known.join(', ')}, got ${JSON.stringify(value)}${near === undefined ? '' : `, did you mean ${near}?`}`
}

/** A word in `.meta({…})` of a parameter that is near one that counts: a secret must not be stored for a slip. */
export function unknownMeta(meta: Readonly<Record<string, unknown>>): string | undefined {
  for (const key of Object.keys(meta)) {
    if (PARAM_KEYS.includes(key)) continue
    const near = closest(key, PARAM_KEYS)
    if (near !== undefined) return `${key} is not a word for a parameter, did you mean ${near}?`
  }
  return undefined
}
