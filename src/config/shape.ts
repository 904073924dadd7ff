import {z} from 'zod'
import type {Path} from '../kinds/issue.ts'
import {formatBytes} from '../units/bytes.ts'
import {configSchema} from './schema.ts'

/** The parts of JSON Schema that the configuration's schemas use. */
export interface Shape {
  readonly type?: string | readonly string[]
  readonly description?: string
  default?: unknown
  /** Ours: `duration`, `size`, `share`, `URL`, `name`, `secret`. Says how people write it. */
  readonly shape?: string
  readonly properties?: Readonly<Record<string, Shape>>
  readonly required?: readonly string[]
  readonly items?: Shape
  readonly additionalProperties?: boolean | Shape
  readonly anyOf?: readonly Shape[]
  readonly oneOf?: readonly Shape[]
  readonly enum?: readonly unknown[]
  readonly const?: unknown
  readonly pattern?: string
  readonly minimum?: number
  readonly maximum?: number
  readonly minItems?: number
  readonly maxItems?: number
  readonly minLength?: number
  readonly maxLength?: number
}

/** The schema of the file as people write it: durations as text, defaults as text. */
export function configShape(): Shape {
  return z.toJSONSchema(configSchema, {
    io: 'input',
    unrepresentable: 'any',
    override: ({zodSchema, jsonSchema}) => {
      const shape = jsonSchema as Shape
      // Left out by zod where text becomes a number, because the default is the number.
      if (zodSchema instanceof z.ZodDefault) shape.default = writeDefault(shape.shape ?? '', zodSchema.def.defaultValue)
      const limits = jsonSchema as {minimum?: number; maximum?: number}
      if (limits.minimum === Number.MIN_SAFE_INTEGER) delete limits.minimum
      if (limits.maximum === Number.MAX_SAFE_INTEGER) delete limits.maximum
    },
  }) as Shape
}

function writeDefault(shape: string, value: unknown): unknown {
  if (typeof value !== 'number') return value
  if (shape === 'duration') return writeDuration(value)
  if (shape === 'size') return formatBytes(value)
  return value
}

/** The shortest exact text of a duration: `30s`, `90s`, `1d`. */
export function writeDuration(ms: number): string {
  for (const [unit, length] of [
    ['d', 86_400_000],
    ['h', 3_600_000],
    ['m', 60_000],
    ['s', 1000],
  ] as const) {
    if (ms >= length && ms % length === 0) return `${ms / length}${unit}`
  }
  return `${ms}ms`
}

/** The shape at a path of the data; a choice by `type` is followed as the data chose. */
export function shapeAt(root: Shape, path: Path, data: unknown): Shape | undefined {
  let shape: Shape | undefined = root
  let value: unknown = data
  for (const step of path) {
    shape = shape && choose(shape, value)
    if (!shape) return undefined
    if (typeof step === 'number') shape = shape.items
    else shape = shape.properties?.[String(step)] ?? rest(shape)
    value = typeof value === 'object' && value !== null ? (value as Record<PropertyKey, unknown>)[step] : undefined
  }
  return shape && choose(shape, value)
}

function rest(shape: Shape): Shape | undefined {
  return typeof shape.additionalProperties === 'object' ? shape.additionalProperties : undefined
}

/** Of several objects told apart by `type`, the one that the data names; other choices stay together. */
function choose(shape: Shape, value: unknown): Shape {
  const options = shape.oneOf
  if (!options || typeof value !== 'object' || value === null) return shape
  const {type} = value as {type?: unknown}
  return options.find(option => option.properties?.['type']?.const === type) ?? shape
}

const NAMED: Readonly<Record<string, string>> = {
  duration: 'a duration such as 30s, 5m or 1h30m',
  size: 'a size such as 64mb or 2gb',
  share: 'a share such as 0.5 or "50%"',
  URL: 'an http or https URL',
  name: 'a name of lower-case letters, digits, dots, dashes',
  'server name': 'a name of letters, digits, dots, dashes, colons',
  secret: 'a string, {env: NAME}, {file: PATH} or {command: [...]}',
}

/** What is accepted, in words for people: `true or false`, `one of GET, HEAD`, `a list of strings`. */
export function describeShape(shape: Shape): string {
  const named = shape.shape && NAMED[shape.shape]
  if (named) return named
  if (shape.const !== undefined) return JSON.stringify(shape.const)
  if (shape.enum) return `one of ${shape.enum.join(', ')}`
  const options = shape.anyOf ?? shape.oneOf
  if (options) {
    const types = options.map(option => option.properties?.['type']?.const)
    if (types.every(type => typeof type === 'string')) return `a section with type: ${types.join(', ')}`
    return [...new Set(options.map(describeShape))].join(' or ')
  }
  if (Array.isArray(shape.type))
    return (shape.type as readonly string[]).map(type => describeType(type, shape)).join(' or ')
  return describeType(shape.type as string | undefined, shape)
}

function describeType(type: string | undefined, shape: Shape): string {
  switch (type) {
    case 'string':
      return shape.maxLength ? `text of ${shape.minLength ?? 0} to ${shape.maxLength} characters` : 'text'
    case 'boolean':
      return 'true or false'
    case 'integer':
      return `a whole number${range(shape)}`
    case 'number':
      return `a number${range(shape)}`
    case 'array':
      return describeList(shape)
    case 'object':
      return describeSection(shape)
    default:
      return 'any value'
  }
}

function range({minimum, maximum}: Shape): string {
  if (minimum !== undefined && maximum !== undefined) return ` from ${minimum} to ${maximum}`
  if (minimum !== undefined) return ` of at least ${minimum}`
  return maximum === undefined ? '' : ` of at most ${maximum}`
}

function describeList(shape: Shape): string {
  const inside = shape.items && describeShape(shape.items)
  if (shape.items?.type === 'object' || shape.items?.oneOf) {
    const count = shape.minItems !== undefined && shape.minItems === shape.maxItems ? `${shape.minItems} ` : ''
    return `a list of ${count}sections`
  }
  return inside === 'text' ? 'a list of texts' : `a list, each ${inside ?? 'any value'}`
}

function describeSection(shape: Shape): string {
  const keys = Object.keys(shape.properties ?? {})
  if (keys.length > 0) return `a section with ${keys.join(', ')}`
  const inside = rest(shape)
  return inside ? `a section of names, each with ${describeShape(inside)}` : 'a section'
}
