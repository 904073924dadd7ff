import {OpsError} from '../../errors.ts'
import {closest} from '../../text/closest.ts'
import {escapeLine} from '../../text/escape.ts'
import type {Command, CommandContext, CommandResult, ReadingCommand} from '../command.ts'
import {type Completion, complete, globalValues} from './complete.ts'
import {knownNames} from './known-names.ts'
import {completionScript, SHELLS} from './scripts.ts'

/** `opsconsole completion SHELL`. The list of commands is asked for when it runs: this command is part of it. */
export function createCompletionCommand(commands: () => readonly Command[]): ReadingCommand {
  return {
    name: 'completion',
    summary: 'Print a completion script for a shell',
    help: `bash: eval "$(opsconsole completion bash)" in ~/.bashrc. zsh: the same in ~/.zshrc, after compinit. fish: opsconsole completion fish | source in config.fish.

The script asks for what it offers when it is needed: with --words, what the last of the words may become is printed, one a line with what it is.`,
    beforeTrust: true,
    arguments: [
      {name: 'shell', required: true, completes: SHELLS, description: 'bash, zsh or fish'},
      {name: 'word', required: false, variadic: true, description: 'The line so far, after --, for --words'},
    ],
    flags: {words: {type: 'boolean', description: 'Print what may follow, for the script'}},
    adopt: input => ({...input, flags: {...globalValues(input.args.slice(1)), ...input.flags}}),
    async run({args: [wanted = '', ...words], flags}, context) {
      const shell = SHELLS.find(one => one === wanted)
      if (!shell) throw unknownShell(wanted)
      if (flags['words'] === true) return offered(words, commands(), context)
      const script = completionScript(shell)
      return {data: {shell, script}, text: script}
    },
  }
}

async function offered(
  words: readonly string[],
  commands: readonly Command[],
  context: CommandContext,
): Promise<CommandResult> {
  const found = await complete(words, {commands, names: knownNames(context)})
  return {data: found, text: linesOf(found).join('\n')}
}

const linesOf = ({candidates, files}: Completion): readonly string[] => [
  ...(files === undefined ? [] : [`:${files}`]),
  ...candidates.map(({word, description}) => (description === '' ? word : `${word}\t${escapeLine(description, 100)}`)),
]

function unknownShell(wanted: string): OpsError {
  const near = closest(wanted, SHELLS)
  return new OpsError(
    'usage/arguments',
    `there is no completion for the shell ${JSON.stringify(escapeLine(wanted, 40))}`,
    {
      hint: near ? `Did you mean ${near}?` : `There is one for ${SHELLS.join(', ')}.`,
    },
  )
}
