import {readFile} from 'node:fs/promises'
import {buffer} from 'node:stream/consumers'
import {parseDocument} from '../../config/document.ts'
import {messageOf, OpsError} from '../../errors.ts'
import type {CommandInput} from '../command.ts'

const PREFIX = 'OPSCONSOLE_PARAM_'

/** Parameters from a file, or `text` that was read from standard input, then the environment (`OPSCONSOLE_PARAM_VERSION`), then `-p name=value`; later ones win. */
export async function readParameters(
  flags: CommandInput['flags'],
  env: Readonly<Record<string, string | undefined>>,
  text?: string,
): Promise<Record<string, unknown>> {
  const found: Record<string, unknown> = {}
  if (text !== undefined) Object.assign(found, await readParameterFile('-', text))
  else if (typeof flags['params'] === 'string') Object.assign(found, await readParameterFile(flags['params']))
  for (const [name, value] of Object.entries(env)) {
    if (name.startsWith(PREFIX) && value !== undefined)
      found[name.slice(PREFIX.length).toLowerCase().replaceAll('_', '-')] = value
  }
  const once = new Set<string>()
  const given = flags['param']
  for (const pair of Array.isArray(given) ? (given as readonly string[]) : []) {
    const at = pair.indexOf('=')
    const name = pair.slice(0, Math.max(0, at))
    // A name that JavaScript would take for something else would be dropped without a word.
    if (name === '' || name === '__proto__')
      throw new OpsError('usage/arguments', `-p takes name=value, got ${JSON.stringify(pair)}`)
    if (once.has(name))
      throw new OpsError('usage/arguments', `-p ${name}= is given more than once: which one is meant?`)
    once.add(name)
    found[name] = pair.slice(at + 1)
  }
  return found
}

/** Parameters for a plan that is there already: only its secret ones are taken, since they were never stored. */
export async function secretParameters(
  flags: CommandInput['flags'],
  env: Readonly<Record<string, string | undefined>>,
  text?: string,
): Promise<Record<string, string>> {
  const given = await readParameters(flags, env, text)
  return Object.fromEntries(Object.entries(given).map(([name, value]) => [name, String(value)]))
}

async function readParameterFile(file: string, text?: string): Promise<Record<string, unknown>> {
  try {
    const bytes = text === undefined ? await (file === '-' ? buffer(process.stdin) : readFile(file)) : Buffer.from(text)
    const {value} = parseDocument(bytes, file)
    if (value === null || typeof value !== 'object' || Array.isArray(value))
      throw new Error('it should hold names and values')
    return value as Record<string, unknown>
  } catch (cause) {
    throw new OpsError(
      'usage/arguments',
      `cannot read parameters from ${file === '-' ? 'standard input' : file}: ${messageOf(cause)}`,
      {cause},
    )
  }
}
