import type {FlagSpec} from './command.ts'

/** For commands that disrupt: in a protected environment its name is typed. */
export const confirmFlag = {
  type: 'string',
  multiple: true,
  value: 'NAME',
  description: 'Name of the environment; needed where it is protected',
} as const satisfies FlagSpec
