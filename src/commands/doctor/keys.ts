import type {Config} from '../../config/schema.ts'
import {type Check, ok} from '../../kinds/verdict.ts'
import type {CommandContext} from '../command.ts'

/** Keys of the console, where the configuration has some: only a console reads them, so nothing else would say what is wrong. */
export async function checkKeys({keys, hotkeys}: Config, context: CommandContext): Promise<readonly Check[]> {
  const count = Object.keys(keys).length
  if (count === 0 && hotkeys.length === 0) return []
  await context.checkKeys()
  return [ok('keys', `${count} given to actions of the console, ${hotkeys.length} of your own`)]
}
