import {parseArgs} from 'node:util'
import {messageOf, OpsError} from '../errors.ts'
import {closest} from '../text/closest.ts'
import type {Command, CommandInput, FlagSpec} from './command.ts'
import {globalFlags} from './global-flags.ts'
import {findCommand, loaders} from './registry.ts'

export interface Invocation {
  /** Undefined: the console, or help. */
  readonly command: Command | undefined
  readonly input: CommandInput
}

/** From the argument list to a command and its input. Raises `usage/arguments` with what is accepted. */
export async function parseInvocation(argv: readonly string[]): Promise<Invocation> {
  const words = leadingWords(argv)
  const found = findCommand(words)
  if (!found) {
    if (words.length > 0) throw unknownCommand(words)
    return {command: undefined, input: {args: [], flags: parseFlags([...argv], {}, undefined).values}}
  }
  const {command} = await found.load()
  const rest = withoutWords(argv, found.used)
  const {values, positionals} = parseFlags(rest, command.flags ?? {}, command)
  if (values['help'] !== true) checkArguments(command, positionals)
  const input = {args: positionals, flags: values}
  return {command, input: command.adopt?.(input) ?? input}
}

const GLOBAL_WITH_VALUE = new Set(['--config', '--env', '-e', '--theme'])

/** Words up to the first flag of the command; global flags may stand before them. */
function leadingWords(argv: readonly string[]): readonly string[] {
  const words: string[] = []
  for (let index = 0; index < argv.length && words.length < 2; index += 1) {
    const word = argv[index] as string
    if (GLOBAL_WITH_VALUE.has(word)) index += 1
    else if (!word.startsWith('-')) words.push(word)
    else if (words.length > 0) break
  }
  return words
}

function withoutWords(argv: readonly string[], count: number): string[] {
  const rest: string[] = []
  let left = count
  for (let index = 0; index < argv.length; index += 1) {
    const word = argv[index] as string
    if (left > 0 && GLOBAL_WITH_VALUE.has(word)) {
      rest.push(word, ...argv.slice(index + 1, index + 2))
      index += 1
    } else if (left > 0 && !word.startsWith('-')) left -= 1
    else rest.push(word)
  }
  return rest
}

function parseFlags(
  args: string[],
  own: Readonly<Record<string, FlagSpec>>,
  command: Command | undefined,
): {readonly values: CommandInput['flags']; readonly positionals: readonly string[]} {
  const specs = {...globalFlags, ...own} as Record<string, FlagSpec>
  const options = Object.fromEntries(
    Object.entries(specs).map(([name, {type, short, multiple}]) => [
      name,
      {type, ...(short === undefined ? {} : {short}), ...(multiple ? {multiple} : {})},
    ]),
  )
  try {
    return parseArgs({args, options, allowPositionals: true, strict: true}) as {
      values: CommandInput['flags']
      positionals: string[]
    }
  } catch (cause) {
    const name = /'(-{1,2}[^' ]+)/.exec(messageOf(cause))?.[1]
    const near = name?.startsWith('--') ? closest(name.slice(2), Object.keys(specs)) : undefined
    const message =
      name !== undefined && messageOf(cause).startsWith('Unknown option')
        ? `there is no flag ${name}`
        : messageOf(cause).split('. ')[0]
    throw new OpsError('usage/arguments', message ?? 'the flags cannot be read', {
      cause,
      hint:
        near === undefined
          ? `See \`opsconsole ${command ? `${command.name} ` : ''}--help\`.`
          : `Did you mean --${near}?`,
    })
  }
}

function checkArguments(command: Command, given: readonly string[]): void {
  const wanted = command.arguments ?? []
  const missing = wanted.filter((argument, index) => argument.required && given[index] === undefined)
  if (missing.length > 0)
    throw new OpsError(
      'usage/arguments',
      `${command.name} needs ${missing.map(argument => argument.name.toUpperCase()).join(' ')}: ${missing[0]?.description}`,
      {hint: `See \`opsconsole ${command.name} --help\`.`},
    )
  if (given.length > wanted.length && !wanted.at(-1)?.variadic)
    throw new OpsError('usage/arguments', `${command.name} does not take ${JSON.stringify(given[wanted.length])}`, {
      hint: `See \`opsconsole ${command.name} --help\`.`,
    })
}

function unknownCommand(words: readonly string[]): OpsError {
  const typed = words.join(' ')
  const near = closest(typed, Object.keys(loaders)) ?? closest(words[0] as string, Object.keys(loaders))
  return new OpsError('usage/arguments', `there is no command ${JSON.stringify(typed)}`, {
    hint: near === undefined ? 'See `opsconsole --help`.' : `Did you mean \`opsconsole ${near}\`?`,
  })
}
