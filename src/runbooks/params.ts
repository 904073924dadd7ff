import type {z} from 'zod'
import {OpsError} from '../errors.ts'
import {closest} from '../text/closest.ts'
import type {Runbook} from './define.ts'
import type {RunbookParam} from './rows.ts'

interface JsonProperty {
  readonly type?: string | readonly string[]
  readonly enum?: readonly unknown[]
  readonly default?: unknown
  readonly description?: string
  readonly secret?: boolean
}

interface JsonObject {
  readonly properties?: Record<string, JsonProperty>
  readonly required?: readonly string[]
}

/** The parameters of a runbook, read from its schema. Mark a secret one with `.meta({secret: true})`. */
export async function describeParams(runbook: Runbook): Promise<readonly RunbookParam[]> {
  if (!runbook.params) return []
  const {z} = await import('zod')
  const {params} = runbook
  const read = (io: 'input' | 'output') => z.toJSONSchema(params, {io, unrepresentable: 'any'}) as JsonObject
  const schema = read('input')
  const properties = Object.entries(schema.properties ?? {})
  // What may be text or a boolean is a boolean once it is read, and only there has its default.
  const known = properties.some(([, {type}]) => Array.isArray(type)) ? read('output').properties : undefined
  const all = properties.map(([name, own]) => [name, {...own, ...(Array.isArray(own.type) && known?.[name])}] as const)
  return all.map(([name, property]) => ({
    name,
    type: paramType(property),
    choices: (property.enum ?? []).map(String),
    required: (schema.required ?? []).includes(name),
    fallback: property.default === undefined ? undefined : String(property.default as string),
    description: property.description ?? '',
    secret: property.secret === true,
  }))
}

function paramType(property: JsonProperty): RunbookParam['type'] {
  if (property.enum) return 'choice'
  if (property.type === 'number' || property.type === 'integer') return 'number'
  return property.type === 'boolean' ? 'boolean' : 'string'
}

/** Text from flags, environment or a file, to what the schema wants. Raises `runbook/params` naming each parameter. */
export function parseParams(
  runbook: Runbook,
  described: readonly RunbookParam[],
  given: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const known = new Map(described.map(param => [param.name, param]))
  const unknown = Object.keys(given).filter(name => !known.has(name))
  if (unknown.length > 0) {
    throw new OpsError(
      'runbook/params',
      `${runbook.name} has no parameter ${unknown
        .slice(0, 10)
        .map(name => JSON.stringify(name))
        .join(', ')}${unknown.length > 10 ? ` and ${unknown.length - 10} more` : ''}`,
      {
        hint:
          didYouMean(unknown[0] ?? '', described) +
          (described.length === 0
            ? 'It takes no parameters.'
            : `It takes: ${described.map(param => param.name).join(', ')}.`),
      },
    )
  }
  const shaped = Object.fromEntries(
    Object.entries(given).map(([name, value]) => [name, fromText(known.get(name), value)]),
  )
  for (const [name, value] of Object.entries(shaped)) {
    if (holdsNul(value))
      throw new OpsError('runbook/params', `parameter ${name} holds a NUL character, which no command can take`)
  }
  const parsed = runbook.params?.safeParse(shaped)
  if (!parsed) return {}
  if (!parsed.success) throw paramsError(runbook, parsed.error, described)
  return parsed.data
}

function didYouMean(name: string, described: readonly RunbookParam[]): string {
  const near = closest(
    name,
    described.map(param => param.name),
  )
  return near === undefined ? '' : `Did you mean ${near}? `
}

/** Also deep inside a list or a section. */
function holdsNul(value: unknown): boolean {
  if (typeof value === 'string') return value.includes('\0')
  return typeof value === 'object' && value !== null && Object.values(value).some(holdsNul)
}

function paramsError(runbook: Runbook, error: z.ZodError, described: readonly RunbookParam[]): OpsError {
  const problems = error.issues.map(issue => {
    const name = String(issue.path[0] ?? '')
    const param = described.find(candidate => candidate.name === name)
    const missing = issue.code === 'invalid_type' && issue.input === undefined && issue.message.includes('undefined')
    return missing
      ? `${name} is missing (${param?.description || param?.type || 'required'})`
      : `${issue.path.join('.')}: ${issue.message}`
  })
  return new OpsError('runbook/params', `${runbook.name}: ${problems.join('; ')}`, {
    hint: `See \`opsconsole runbook show ${runbook.name}\`; parameters are given as -p name=value.`,
  })
}

function fromText(param: RunbookParam | undefined, value: unknown): unknown {
  if (typeof value !== 'string') return value
  if (param?.type === 'number' && value.trim() !== '' && Number.isFinite(Number(value))) return Number(value)
  if (param?.type === 'boolean' && /^(true|yes|1|on)$/i.test(value)) return true
  if (param?.type === 'boolean' && /^(false|no|0|off)$/i.test(value)) return false
  return value
}

/** Parameters as they may be stored and shown. */
export function withoutSecrets(
  described: readonly RunbookParam[],
  params: Readonly<Record<string, unknown>>,
): {readonly shown: Record<string, unknown>; readonly secret: readonly string[]} {
  const secret = described.filter(param => param.secret && params[param.name] !== undefined).map(param => param.name)
  return {
    secret,
    shown: Object.fromEntries(
      Object.entries(params).map(([name, value]) => [name, secret.includes(name) ? '[redacted]' : value]),
    ),
  }
}
