import {existsSync, mkdirSync, statSync} from 'node:fs'
import path from 'node:path'
import {entriesOf, kinds} from '../../config/kinds.ts'
import {readConfig} from '../../config/load.ts'
import {messageOf, OpsError} from '../../errors.ts'
import {writeDurably} from '../../files/durable.ts'
import {escapeLine} from '../../text/escape.ts'
import type {Command, CommandInput, CommandResult, CommandContext} from '../command.ts'
import {composeConfig} from './compose.ts'
import {holdsBackups} from './directory.ts'
import {discover, type Found, type Surroundings, USUAL} from './discover.ts'

/** What init takes from the process; tests pass their own. */
export interface InitPlace {
  readonly cwd: () => string
  readonly env: () => Readonly<Record<string, string | undefined>>
  readonly surroundings: Surroundings
}

export const initCommand: Command = createInitCommand({
  cwd: () => process.cwd(),
  env: () => process.env,
  surroundings: USUAL,
})

/** `opsconsole init`. */
export function createInitCommand(place: InitPlace): Command {
  return {
    name: 'init',
    summary: 'Write a first configuration from what answers on this machine',
    help: 'Looks at the usual ports of Redis, PostgreSQL and HTTP servers and at the sockets of HAProxy, with short deadlines, and writes a commented configuration that is accepted. Nothing else is changed. DATABASE_URL and REDIS_URL are referred to, never copied.',
    arguments: [
      {
        name: 'file',
        required: false,
        completes: 'file',
        description: 'Where to write; ./opsconsole.yaml when left out',
      },
    ],
    flags: {
      url: {type: 'string', multiple: true, value: 'URL', description: 'HTTP endpoint to watch'},
      directory: {
        type: 'string',
        value: 'DIRECTORY',
        description: 'Directory to back up with restic: what that takes is written as a comment',
      },
      environment: {type: 'string', value: 'NAME', description: 'Name of the environment; production when left out'},
      force: {type: 'boolean', short: 'f', description: 'Overwrite a file that is there'},
    },
    changes: 'files',
    run: (input, context) => init(place, input, context),
  }
}

async function init(place: InitPlace, {args, flags}: CommandInput, context: CommandContext): Promise<CommandResult> {
  const file = path.resolve(place.cwd(), args[0] ?? 'opsconsole.yaml')
  if (existsSync(file) && flags['force'] !== true) {
    throw new OpsError('config/exists', `${escapeLine(file)} already exists`, {
      hint: 'Overwrite it with --force, or name another file.',
    })
  }
  const found = await discover(place.surroundings, context.signal)
  const text = composeConfig(found, {
    project: path.basename(path.dirname(file)).slice(0, 40) || 'opsconsole',
    environment: typeof flags['environment'] === 'string' ? flags['environment'] : 'production',
    host: place.surroundings.host,
    directory: directoryOf(place, flags['directory']),
    urls: (flags['url'] ?? []) as readonly string[],
    env: place.env(),
  })
  // A wrong --url or --environment is refused here, in the words of the configuration, and nothing is written.
  const config = readConfig(text, file)
  write(file, text)
  const watched = kinds.flatMap(kind => entriesOf(config, kind)).map(({name}) => name)
  return {data: {file, watched, found}, text: report(file, watched, found)}
}

/** Raises `usage/arguments` for what is no directory: a template of it would be one of nothing. */
function directoryOf(place: InitPlace, given: unknown): string | undefined {
  if (typeof given !== 'string') return undefined
  const directory = path.resolve(place.cwd(), given)
  if (/\p{Cc}/u.test(directory) || statSync(directory, {throwIfNoEntry: false})?.isDirectory() !== true)
    throw new OpsError('usage/arguments', `there is no directory ${escapeLine(directory)}`)
  if (holdsBackups(directory))
    throw new OpsError('usage/arguments', `backups would lie in ${directory}, and each would copy those before it`, {
      hint: 'Name a directory below it.',
    })
  return directory
}

/** Whole or not at all; readable by its owner only, for somebody will put a secret into it. */
function write(file: string, text: string): void {
  try {
    mkdirSync(path.dirname(file), {recursive: true})
    writeDurably(file, text, 0o600)
  } catch (cause) {
    throw new OpsError('config/unreadable', `cannot write ${escapeLine(file)}: ${messageOf(cause)}`, {cause})
  }
}

function report(file: string, watched: readonly string[], found: Found): string {
  const lines = [
    `Wrote ${escapeLine(file)}`,
    watched.length > 0
      ? `It watches ${watched.join(', ')}.`
      : 'Nothing answered on the usual ports; add your services to it.',
    ...found.haproxy.map(
      ({socket, backend}) =>
        `HAProxy backend ${escapeLine(backend)} found on ${socket}; a release for it is in the file, commented out.`,
    ),
    'Next: opsconsole doctor, then opsconsole.',
  ]
  return lines.join('\n')
}
