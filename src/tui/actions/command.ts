import {commandLine} from '../overlays/command-line.ts'
import {unchanged} from '../state/ui.ts'
import {BROWSING, defineAction} from './action.ts'

export const command = defineAction({
  id: 'command',
  keys: [':'],
  label: 'go to',
  description: 'Type a command: a screen, run NAME, env NAME, filter WORDS, quit',
  where: BROWSING,
  footer: 7,
  act: (state, at) => unchanged(commandLine.open(state, undefined, at)),
})
