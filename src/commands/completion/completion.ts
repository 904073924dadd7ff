import {OpsError} from '../../errors.ts'
import {closest} from '../../text/closest.ts'
import {escapeLine} from '../../text/escape.ts'
import type {Command, ReadingCommand} from '../command.ts'
import {globalFlags} from '../global-flags.ts'
import {completionScript, type Shell, SHELLS} from './scripts.ts'

/** `opsconsole completion SHELL`. The list of commands is asked for when it runs: this command is part of it. */
export function createCompletionCommand(commands: () => readonly Command[]): ReadingCommand {
  return {
    name: 'completion',
    summary: 'Print a completion script for a shell',
    help: 'bash: eval "$(opsconsole completion bash)" in ~/.bashrc. zsh: the same in ~/.zshrc, after compinit. fish: opsconsole completion fish | source in config.fish.',
    beforeTrust: true,
    arguments: [{name: 'shell', required: true, description: 'bash, zsh or fish'}],
    run: ({args}) => {
      const [wanted = ''] = args
      const shell = SHELLS.find(one => one === wanted)
      if (!shell) return Promise.reject(unknownShell(wanted))
      return Promise.resolve({data: {shell, script: scriptFor(shell, commands())}, text: scriptFor(shell, commands())})
    },
  }
}

const scriptFor = (shell: Shell, commands: readonly Command[]): string =>
  completionScript(
    shell,
    commands,
    Object.keys(globalFlags).map(name => `--${name}`),
  )

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
