import type {z} from 'zod'
import {closest} from '../text/closest.ts'
import {escapeLine} from '../text/escape.ts'
import type {Issue, Path} from '../kinds/issue.ts'
import type {ConfigDocument} from './document.ts'
import {showValue} from './fields.ts'
import {newNameOf} from './renamed-keys.ts'
import {configShape, describeShape, type Shape, shapeAt} from './shape.ts'

/** Zod's issues in the words of the configuration: `should be a duration such as 30s, got 5`. */
export function explainIssues(issues: readonly z.core.$ZodIssue[], data: unknown): Issue[] {
  const shape = configShape()
  return issues.flatMap(issue => explain(issue, data, shape))
}

function explain(issue: z.core.$ZodIssue, data: unknown, root: Shape): Issue[] {
  const {path} = issue
  if (issue.code !== 'unrecognized_keys') return [{path, message: () => messageFor(issue, data, root)}]
  const shape = shapeAt(root, path, data)
  return issue.keys.map(key => {
    const here = [...path, key]
    return {path: here, about: 'key', message: () => renamedKey(here) ?? unknownKey(key, shape)}
  })
}

function messageFor(issue: z.core.$ZodIssue, data: unknown, root: Shape): string {
  const shape = shapeAt(root, issue.path, data)
  const value = valueAt(data, issue.path)
  const accepted = shape && describeShape(shape)
  if (value === undefined && issue.code !== 'custom') {
    const meaning = shape?.description ? ` (${shape.description})` : ''
    return `is missing; should be ${accepted ?? 'there'}${meaning}`
  }
  if (issue.code === 'invalid_union' && issue.discriminator) {
    const options = ('options' in issue ? (issue.options as unknown[]) : []).map(String)
    return `should be one of ${options.join(', ')}, got ${showValue(value)}${meant(value, options)}`
  }
  // These come from the field itself, with its shape and value in them already.
  if (issue.message.startsWith('should ')) return issue.message
  if (!accepted) return `${issue.message}, got ${showValue(value)}`
  const got = shape.shape === 'secret' ? '' : `, got ${gotOf(issue, value)}`
  return `should be ${accepted}${got}${meant(value, shape.enum?.map(String) ?? [])}`
}

function gotOf(issue: z.core.$ZodIssue, value: unknown): string {
  if (Array.isArray(value) && (issue.code === 'too_small' || issue.code === 'too_big')) {
    return value.length === 0 ? 'an empty list' : `${value.length} of them`
  }
  return showValue(value)
}

function renamedKey(path: Path): string | undefined {
  const name = newNameOf(path)
  return name && `is called ${name} now; \`opsconsole doctor --fix-config\` rewrites the file and keeps its comments`
}

function unknownKey(key: string, shape: Shape | undefined): string {
  const keys = Object.keys(shape?.properties ?? {})
  const near = closest(key, keys)
  const accepted = keys.length > 0 ? `; accepted: ${keys.join(', ')}` : ''
  return near ? `is not a key here, did you mean ${near}?` : `is not a key here${accepted}`
}

function meant(value: unknown, options: readonly string[]): string {
  const near = typeof value === 'string' ? closest(value, options) : undefined
  return near ? `, did you mean ${near}?` : ''
}

function valueAt(data: unknown, path: Path): unknown {
  let value = data
  for (const step of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined
    value = (value as Record<PropertyKey, unknown>)[step]
  }
  return value
}

const MAX_SHOWN = 50

/** One line an issue: `services/3/url: should be a URL, got "htp://…" (line 12, column 10)`. */
export function writeIssues(issues: readonly Issue[], document: ConfigDocument): string {
  const lines = issues.slice(0, MAX_SHOWN).map(({path, message, about}) => {
    const place = document.locate(path, about ?? 'value')
    const where = path.length > 0 ? path.map(String).join('/') : 'the file'
    return escapeLine(`${where}: ${message()}${place ? ` (line ${place.line}, column ${place.column})` : ''}`, 2000)
  })
  if (issues.length > MAX_SHOWN) lines.push(`and ${issues.length - MAX_SHOWN} more`)
  return lines.join('\n')
}
