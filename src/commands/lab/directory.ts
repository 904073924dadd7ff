import {join, resolve} from 'node:path'
import type {CommandInput, FlagSpec, CommandContext} from '../command.ts'

/** Where the lab is: every lab command takes it, none needs a configuration. */
export const directoryFlag: Readonly<Record<'dir', FlagSpec>> = {
  dir: {type: 'string', value: 'DIR', description: 'Directory of the lab; lab in the state directory when left out'},
}

export function labDirectory(input: CommandInput, context: CommandContext): string {
  const given = input.flags['dir']
  return typeof given === 'string' && given !== '' ? resolve(given) : join(context.stateDir(), 'lab')
}
