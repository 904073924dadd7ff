import {admitCommand} from './app/command-gate.ts'
import {createCommandContext} from './app/command-context.ts'
import {type AppOptions, openAppContext} from './app/context.ts'
import type {Command, CommandInput} from './commands/command.ts'
import {redactError, redactResult} from './commands/redact-result.ts'
import {admitPlace} from './config/admit-place.ts'
import {errorFields} from './processes/debug-log.ts'
import {provideApi} from './runbooks/load.ts'
import {jsonFor, textFor} from './text/workflow-commands.ts'

export interface Call {
  /** Undefined: the console. */
  readonly command: Command | undefined
  readonly input: CommandInput
  readonly options: AppOptions
  readonly version: string
  /** A person can be asked. */
  readonly interactive: boolean
}

/** Runs one command, or the console, and prints what it returns; resolves with the exit code. Everything it opened is closed again. */
export async function runCommand(
  {command, input, options, version, interactive}: Call,
  stop: AbortController,
): Promise<number> {
  const modules = provideApi(options.home, file => app.trust.admit('what a runbook imports,', file))
  const app = openAppContext({...options, modules})
  const {debug} = app
  if (debug) {
    process.on('warning', ({name, message}) => debug('warning', {name, message}))
    debug('command', {
      name: command?.name ?? 'console',
      flags: Object.keys(input.flags),
      version,
      node: process.version,
    })
  }
  try {
    if (command?.beforeTrust !== true) admitPlace(app.trust, app.stateDir, {...options, file: options.configFile})
    if (command) admitCommand(app, command, input)
    const context = createCommandContext(app, {command, input, signal: stop.signal, interactive})
    // Whatever a command forgot: no value that is known as a secret leaves by the two ways out.
    const result = redactResult(command ? await command.run(input, context) : await context.console(), app.redactor)
    if (result.data !== undefined && context.json)
      process.stdout.write(`${jsonFor(process.env, JSON.stringify(result.data))}\n`)
    else if (result.text !== '' && !context.json) process.stdout.write(`${textFor(process.env, result.text)}\n`)
    debug?.('end', {exitCode: result.exitCode ?? 0, ms: Math.round(performance.now())})
    return result.exitCode ?? 0
  } catch (error) {
    debug?.('error', errorFields(error))
    throw redactError(error, app.redactor)
  } finally {
    stop.abort()
    app.close()
  }
}
