import type {Command} from '../../src/commands/command.ts'
import {table} from './markdown.ts'

/** `docs/commands.md`: the command line, from the registry. */
export function commandsPage(commands: readonly Command[]): string {
  const shown = commands.filter(({hidden}) => !hidden)
  return `# Commands

Text output is for people and may change. \`--json\` keys, flags, exit codes ([errors.md](errors.md)) and configuration
keys ([configuration.md](configuration.md)) are the stable interface. \`opsconsole\` alone opens the console.

${table(
  ['command', 'what it does'],
  shown.map(command => [`[\`${usage(command)}\`](#${anchor(command.name)})`, command.summary]),
)}

${shown.map(commandText).join('\n')}`
}

const anchor = (name: string): string => name.replaceAll(' ', '-')

/** \`backup verify NAME [ID]\` */
function usage(command: Command): string {
  const places = (command.arguments ?? []).map(({name, required, variadic}) => {
    const word = `${name.toUpperCase()}${variadic ? '...' : ''}`
    return required ? word : `[${word}]`
  })
  return [command.name, ...places].join(' ')
}

function commandText(command: Command): string {
  const flags = Object.entries(command.flags ?? {}).map(([name, flag]) => {
    const value = flag.type === 'string' ? ` ${flag.value ?? 'TEXT'}` : ''
    return [
      `\`${flag.short ? `-${flag.short}, ` : ''}--${name}${value}\``,
      `${flag.description}${flag.multiple ? '; may be repeated' : ''}`,
    ]
  })
  const places = (command.arguments ?? []).map(({name, description}) => [`\`${name.toUpperCase()}\``, description])
  const parts = [
    `## ${command.name}`,
    `\`opsconsole ${usage(command)}\``,
    `${command.summary}.`.replace(/\.\.$/, '.'),
    ...(command.help ? [command.help] : []),
    ...changesNote(command),
    ...(places.length + flags.length > 0 ? [table(['', ''], [...places, ...flags])] : []),
  ]
  return `${parts.join('\n\n')}\n`
}

function changesNote(command: Command): readonly string[] {
  if (command.changes === undefined) return []
  const {changes, onlyShows, danger} = command
  const when = onlyShows === undefined ? '' : ', when it does more than show'
  if (changes === 'files') return [`Changes files of its own: refused with --read-only${when}.`]
  const destructive = danger === 'destructive' ? ' In a protected environment it needs --confirm with its name.' : ''
  return [`Changes something: refused in read-only mode${when}, recorded in the audit trail.${destructive}`]
}
