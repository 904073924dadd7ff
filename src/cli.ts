/** From the argument list to an exit code. The only file that may end the process. */
import {existsSync, readFileSync} from 'node:fs'
import {enableCompileCache} from 'node:module'
import path from 'node:path'
import {pathToFileURL} from 'node:url'

declare const __VERSION__: string | undefined
/** In the build for all: the build for consoles, whose first screen is one file. */
declare const __CONSOLE__: string | undefined
/** In the build for consoles: what runbooks import there. */
declare const __API__: string | undefined

if (process.argv.length === 3 && process.argv[2] === '--version') {
  process.stdout.write(`opsconsole ${version()}\n`)
} else if (typeof __CONSOLE__ === 'string' && opensConsole(process.argv.slice(2))) {
  keepCompiledCode()
  await import(pathToFileURL(path.join(import.meta.dirname, __CONSOLE__)).href)
} else {
  process.exitCode = await main(process.argv.slice(2))
  // Standard output may be a slow pipe: end only when it has taken everything.
  await new Promise<void>(resolve => process.stdout.write('', () => resolve()))
  process.exit()
}

/** Runs one command; resolves with the exit code. Everything it opened is closed again. */
async function main(argv: readonly string[]): Promise<number> {
  keepCompiledCode()
  // What Node and drivers warn of is for developers, and would stand in the middle of a screen: `OPSCONSOLE_DEBUG=1` keeps it.
  process.removeAllListeners('warning')
  const {EXIT, toOpsError} = await import('./errors.ts')
  const json = argv.includes('--json')
  let called: Command | undefined
  let stays = false
  process.stdout.on('error', error => {
    if (!stays) leaveUnread(error)
  })
  // Whoever was told something there is gone, or its disk is full: that ends nobody's work.
  process.stderr.on('error', () => undefined)
  try {
    const {parseInvocation} = await import('./commands/parse.ts')
    const {command, input} = await parseInvocation(argv)
    called = command
    // A console sees by itself that its terminal is gone.
    stays = command === undefined || command.service === true
    if (command?.service) (await import('./processes/on-hang-up.ts')).ignoreHangUp()
    if (input.flags['version'] === true) return say(`opsconsole ${version()}`)
    if (input.flags['help'] === true || (command === undefined && !terminal(input))) return await help(command)
    return await run(command, input)
  } catch (thrown) {
    const error = toOpsError(thrown)
    const {earlyPicture} = await import('./tui/early-picture.ts')
    earlyPicture()?.leave()
    const {errorText} = await import('./commands/present.ts')
    const {jsonFor, textFor} = await import('./text/workflow-commands.ts')
    const data = {error: {code: error.code, message: error.message, hint: error.hint}}
    // Where a log of JSON lines goes, an error is one of them.
    const line = {time: new Date().toISOString(), level: 'error', event: 'error', message: error.message}
    const logs = json && called?.service === true
    if (!logs) process.stderr.write(`${textFor(process.env, errorText(error))}\n`)
    if (json) process.stdout.write(`${jsonFor(process.env, JSON.stringify(logs ? {...line, ...data} : data))}\n`)
    return error.exit ?? EXIT.internal
  }
}

/** Compiled code is kept under the person's own directory, also for runners and planners, which start without a launcher. */
function keepCompiledCode(): void {
  const {HOME, XDG_CACHE_HOME} = process.env
  const cache = XDG_CACHE_HOME || (HOME ? path.join(HOME, '.cache') : undefined)
  if (cache) enableCompileCache(path.join(cache, 'opsconsole', 'node'))
}

type Command = import('./commands/command.ts').Command
type Input = import('./commands/command.ts').CommandInput
type ProgramHome = import('./runbooks/load.ts').ProgramHome

async function run(command: Command | undefined, input: Input): Promise<number> {
  const options = {
    env: process.env,
    cwd: process.cwd(),
    configFile: typeof input.flags['config'] === 'string' ? input.flags['config'] : undefined,
    entry: path.join(import.meta.dirname, `cli${path.extname(import.meta.filename)}`),
    readOnly: input.flags['read-only'] === true,
    despiteBrokenTrail: typedReason(input.flags['despite-broken-trail']),
    overrideFreeze: typedReason(input.flags['override-freeze']),
    checked: command ? undefined : (await import('./store/checked-configs.ts')).configsOfThisProgram(process.env),
  }
  // First of all: it loads what this process is about to load as well, beside it.
  const wanted = command?.standby?.(input, terminal()) ?? false
  const standby = wanted === false ? undefined : (await import('./app/standby.ts')).openStandby(options, wanted)
  const {runCommand} = await import('./program.ts')
  return runCommand(
    {command, input, options: {...options, standby, home: programHome()}, version: version(), interactive: terminal()},
    command?.inOneGo === true ? new AbortController() : interruptible(),
  )
}

function typedReason(given: Input['flags'][string]): string | undefined {
  return typeof given === 'string' && given.trim() !== '' ? given : undefined
}

/** The first Ctrl-C or TERM asks the command to end; a third one does not ask. */
function interruptible(): AbortController {
  const stop = new AbortController()
  let count = 0
  const interrupt = (name: NodeJS.Signals): void => {
    count += 1
    if (count > 2) process.exit(130)
    stop.abort(new DOMException(`stopped by ${name}`, 'AbortError'))
  }
  process.on('SIGINT', interrupt).on('SIGTERM', interrupt)
  return stop
}

async function help(command: Command | undefined): Promise<number> {
  const {commandHelp, overviewHelp} = await import('./commands/help.ts')
  const {allCommands} = await import('./commands/registry.ts')
  return say(command ? commandHelp(command) : overviewHelp(await allCommands()))
}

function say(text: string): number {
  process.stdout.write(`${text}\n`)
  return 0
}

/** A person can be asked: both ends are a terminal, and nobody says that this is CI. */
function terminal(input?: Input): boolean {
  const {CI, TERM} = process.env
  const plain = input?.flags['plain'] === true || input?.flags['screen-reader'] === true
  return (
    process.stdin.isTTY &&
    process.stdout.isTTY &&
    (plain || TERM !== 'dumb') &&
    (CI === undefined || CI === '' || CI === 'false' || CI === '0')
  )
}

/** No word, but for values of flags, names a command. Where this is wrong, the other build does the same. */
function opensConsole(argv: readonly string[]): boolean {
  const isValue = (index: number): boolean => ['--config', '--env', '-e', '--theme'].includes(argv[index - 1] ?? '')
  return terminal() && argv.every((word, index) => (word.startsWith('-') && word !== '--help') || isValue(index))
}

/** Beside the bundle stands what was built with it; sources use sources. */
function programHome(): ProgramHome {
  const here = import.meta.dirname
  const built = path.join(here, typeof __API__ === 'string' ? __API__ : 'api.mjs')
  return existsSync(built)
    ? {runbooks: path.join(here, 'runbooks'), apiUrl: pathToFileURL(built).href}
    : {runbooks: path.join(here, '..', 'runbooks'), apiUrl: pathToFileURL(path.join(here, 'api.ts')).href}
}

function version(): string {
  if (typeof __VERSION__ === 'string') return __VERSION__
  return String(
    (JSON.parse(readFileSync(path.join(import.meta.dirname, '..', 'package.json'), 'utf8')) as {version: string})
      .version,
  )
}

/** `| head` closed its end, or the terminal is gone: that is no failure of ours. A disk that is full is one of the caller's. */
function leaveUnread(error: NodeJS.ErrnoException): void {
  if (error.code === 'EPIPE' || error.code === 'EIO') process.exit(0)
  process.stderr.write(`opsconsole: the output cannot be written: ${error.message}\n`)
  process.exit(1)
}
