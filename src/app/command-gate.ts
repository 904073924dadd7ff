import type {Change} from '../admission/change.ts'
import {type Gate, openGate} from '../admission/gate.ts'
import type {ChangingCommand, Command, CommandInput, IntendedChange} from '../commands/command.ts'
import {OpsError} from '../errors.ts'
import type {AppContext} from './context.ts'

/** The gate for one command: open to what it declares, a wall to a command that does not declare that it changes anything. */
export function commandGate(app: AppContext, command: Command | undefined): Gate {
  if (command === undefined || command.changes !== undefined) return app.gate
  const refuse = (): never => {
    throw new OpsError('bug/internal', `\`${command.name}\` does not declare that it changes anything, but tried to`)
  }
  return openGate({audit: app.audit, circumstances: refuse})
}

/**
 * Before a command begins: what read-only forbids is refused before anything is read, counted or asked. What must be
 * confirmed is asked with the change itself, when it is known what it touches.
 */
export function admitCommand(app: AppContext, command: Command, input: CommandInput): void {
  if (command.changes === undefined || command.onlyShows?.(input)) return
  const intended = {action: command.name, target: input.args.join(' ')}
  app.gate.admit({
    ...changeOf(app, {command, input, environment: knownEnvironment(app, input)}, intended),
    consent: 'asked',
  })
}

/** What a command intends, with all that its declaration and its flags say of it. */
export function changeOf(
  app: AppContext,
  {
    command,
    input,
    environment,
  }: {readonly command: Command | undefined; readonly input: CommandInput; readonly environment: string},
  intended: IntendedChange,
): Change {
  const {danger, wayBack, changes}: Partial<ChangingCommand> = command?.changes === undefined ? {} : command
  return {
    danger: (typeof danger === 'function' ? danger(input) : danger) ?? 'safe',
    wayBack: wayBack?.(input) ?? false,
    consent: {yes: input.flags['yes'] === true, typed: (input.flags['confirm'] ?? []) as readonly string[]},
    ...intended,
    environment: changes === 'files' ? undefined : environment,
    actor: app.actor(),
    via: 'command',
  }
}

/** As far as it is known yet: a command that needs one says later itself that it is missing. */
export function knownEnvironment(app: AppContext, {flags}: CommandInput): string {
  if (typeof flags['env'] === 'string') return flags['env']
  try {
    const [only, ...others] = app.config().environments
    return only && others.length === 0 ? only.name : ''
  } catch {
    return ''
  }
}
