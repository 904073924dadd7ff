import type {Command, FlagSpec} from './command.ts'
import {globalFlags} from './global-flags.ts'
import {alignColumns} from './runs/table.ts'

/** The list of commands, by noun. */
export function overviewHelp(commands: readonly Command[]): string {
  const shown = commands.filter(command => !command.hidden).sort((a, b) => (a.name < b.name ? -1 : 1))
  return [
    'opsconsole: live health, runbooks that ask before they act, an audit trail that proves what happened',
    '',
    'usage: opsconsole [--config FILE] [--env NAME]        the console (needs a terminal)',
    '       opsconsole COMMAND [flags]',
    '',
    alignColumns(shown.map(command => [`  ${command.name}`, command.summary])),
    '',
    'Flags of every command:',
    flagsHelp(globalFlags),
    '',
    'Exit codes: 0 done · 1 failed · 2 usage or configuration · 3 failed and undone · 4 undo failed · 5 aborted · 6 locked ·',
    '            7 refused · 8 suspended · 9 outcome unknown · 10 trail not trusted ·',
    '            11 done, unproven · 70 internal error',
  ].join('\n')
}

export function commandHelp(command: Command): string {
  const usage = (command.arguments ?? []).map(
    argument =>
      (argument.required ? argument.name.toUpperCase() : `[${argument.name.toUpperCase()}]`) +
      (argument.variadic ? '...' : ''),
  )
  return [
    `usage: ${['opsconsole', command.name, ...usage, '[flags]'].join(' ')}`,
    '',
    `${command.summary}.`,
    ...(command.help ? ['', command.help] : []),
    ...(command.arguments?.length
      ? [
          '',
          'Arguments:',
          alignColumns(command.arguments.map(argument => [`  ${argument.name.toUpperCase()}`, argument.description])),
        ]
      : []),
    ...(command.flags ? ['', 'Flags:', flagsHelp(command.flags)] : []),
    '',
    'Flags of every command:',
    flagsHelp(globalFlags),
  ].join('\n')
}

function flagsHelp(flags: Readonly<Record<string, FlagSpec>>): string {
  return alignColumns(
    Object.entries(flags).map(([name, flag]) => [
      `  ${flag.short ? `-${flag.short}, ` : '    '}--${name}${flag.value ? ` ${flag.value}` : ''}`,
      flag.description,
    ]),
  )
}
