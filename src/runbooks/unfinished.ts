import {OpsError} from '../errors.ts'
import type {Step, StepContext} from './define.ts'
import type {Shell, ShellOptions} from '../shell/shell.ts'
import {StartedCommand} from '../shell/shell-of.ts'

/**
 * A step whose functions end only when the commands that they started have ended. A forgotten `await` would otherwise let
 * a step be done while its command runs, the next step begin beside it, and nobody hear of its failure; and
 * `Promise.all` gives up at the first failure, so that an undo would begin while the other commands go on.
 */
export function waitingForCommands(step: Step): Step {
  const waiting = <Result>(
    work: ((context: StepContext) => Promise<Result>) | undefined,
    key: 'check' | 'run' | 'verify' | 'undo',
  ) => (work === undefined ? {} : {[key]: (context: StepContext) => withCommands(context, work)})
  return {
    ...step,
    ...waiting(step.check, 'check'),
    ...waiting(step.run, 'run'),
    ...waiting(step.verify, 'verify'),
    ...waiting(step.undo, 'undo'),
  }
}

/** Calls it with a `$` that remembers its commands, and waits for those that it left behind. */
export async function withCommands<Context extends {readonly $: Shell}, Result>(
  context: Context,
  work: (context: Context) => Promise<Result>,
): Promise<Result> {
  const commands = new Set<StartedCommand>()
  // Getters of the context, such as what was saved meanwhile, stay getters.
  const inner = Object.defineProperties(
    {},
    {
      ...Object.getOwnPropertyDescriptors(context),
      $: {value: remembering(context.$, commands), enumerable: true},
    },
  ) as Context
  try {
    const result = await work(inner)
    await leftBehind(commands)
    return result
  } catch (error) {
    // What failed first says why; the others only have to end.
    await Promise.allSettled(commands)
    throw error
  }
}

function remembering(shell: Shell, commands: Set<StartedCommand>): Shell {
  const remember = (first: TemplateStringsArray | ShellOptions, ...values: unknown[]): unknown => {
    if (!Array.isArray(first)) return remembering(shell(first as ShellOptions), commands)
    const command = shell(first as unknown as TemplateStringsArray, ...values)
    if (command instanceof StartedCommand) commands.add(command)
    return command
  }
  return remember as Shell
}

/** Whoever awaits a command deals with its failure. One that nobody awaits fails the step. */
async function leftBehind(commands: ReadonlySet<StartedCommand>): Promise<void> {
  const forgotten = [...commands].filter(command => !command.awaited)
  await Promise.allSettled(commands)
  for (const command of forgotten) {
    try {
      await command
    } catch (cause) {
      throw cause instanceof OpsError
        ? new OpsError(cause.code, `a command without \`await\` before it: ${cause.message}`, {cause})
        : cause
    }
  }
}
