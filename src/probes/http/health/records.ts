import {keyTest} from '../../../text/remembered.ts'
import {ABOUT_MACHINES} from './trouble.ts'
import {hasKey, isObject, keyWhere} from './statement.ts'

// What an application keeps for its users says nothing of the application: a payment that failed is a payment.

/** Keys that no check has: of money, goods and people. */
const OF_BUSINESS = keyTest(
  /^(amount|price|currency|sku|quantity|paid|iban|(order|user|customer|invoice|product|payment|cart|account)_?(id|no|number))$/i,
)
/** What a part of a system is called by, and what one says of itself. */
const OF_PARTS = keyTest(
  /^(name|display_?name|component\w*|service\w*|check\w*|host\w*|node\w*|instance\w*|server\w*|address|endpoint\w*|target|url|job|output|error|message)$/i,
)
const NUMBER = /^(\d+|[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12})$/i
/** Whatever stands under these is a check. */
const CHECKS = keyTest(/^(\w+_)?(checks?|components|dependencies|deps|indicators|subsystems|systems|probes|monitors)$/i)
/** Addresses at which parts of a system are listed by number. */
const ABOUT_PARTS =
  /^\/?$|(^|[/_.-])(components?|checks?|monitors?|connectors?|services?|systems?|sites?|probes?|ping|up|alive|info|alerts?|actuator|queues?|targets?)([/_.-]|$)/i

const DEEPEST = 5

/** The document without records of an application; undefined when it is one. */
export function withoutRecords(document: unknown, path: string): unknown {
  const asked = ABOUT_MACHINES.test(path) || ABOUT_PARTS.test(path)
  const strip = (value: unknown, depth: number): unknown => {
    if (depth > DEEPEST) return value
    if (Array.isArray(value)) return value.filter(one => !isRecord(one, asked)).map(one => strip(one, depth + 1))
    if (!isObject(value)) return value
    // Nearly every health document is as it came.
    let left: Map<string, unknown> | undefined
    for (const key in value) {
      const one = value[key]
      if (typeof one !== 'object' || CHECKS.test(key)) continue
      const isLeft = !isRecord(one, asked)
      const stripped = isLeft ? strip(one, depth + 1) : undefined
      if (isLeft && stripped === one) continue
      left ??= new Map(Object.entries(value))
      if (isLeft) left.set(key, stripped)
      else left.delete(key)
    }
    return left === undefined ? value : Object.fromEntries(left)
  }
  return !asked && isBusiness(document) ? undefined : strip(document, 0)
}

const isPlain = (said: unknown): boolean =>
  typeof said === 'string' || typeof said === 'number' || typeof said === 'boolean'

const isNumbered = (said: unknown): boolean =>
  typeof said === 'number' || (typeof said === 'string' && NUMBER.test(said))

const isBusiness = (one: unknown): boolean =>
  isObject(one) && keyWhere(one, (key, said) => OF_BUSINESS.test(key) && isPlain(said)) !== undefined

/** Something of the business, or what has a number and no name where nobody asked for parts of a system. */
const isRecord = (one: unknown, asked: boolean): boolean =>
  isBusiness(one) ||
  (!asked && isObject(one) && isNumbered(one['id'] ?? one['uuid']) && !hasKey(one, key => OF_PARTS.test(key)))
