import {existsSync, mkdirSync, writeFileSync} from 'node:fs'
import path from 'node:path'
import {messageOf, OpsError} from '../../errors.ts'
import type {Danger} from '../../runbooks/define.ts'
import type {Command, CommandInput, CommandResult, CommandContext} from '../command.ts'
import {starterText} from '../../authoring/starter-text.ts'

const DANGERS: readonly Danger[] = ['safe', 'disruptive', 'destructive']

export const command: Command = {
  name: 'runbook new',
  summary: 'Write a runbook to start from, into the first runbook directory of the configuration',
  help: 'It can be planned at once, and passes `opsconsole runbook check`. A file that is there is never overwritten.',
  arguments: [{name: 'name', required: true, description: 'Name of the runbook: a-z, 0-9 and -'}],
  flags: {
    danger: {type: 'string', value: 'DANGER', description: 'safe, disruptive (when left out) or destructive'},
  },
  changes: 'files',
  run: newRunbook,
}

async function newRunbook({args, flags}: CommandInput, context: CommandContext): Promise<CommandResult> {
  const name = args[0] as string
  if (!/^[a-z0-9][a-z0-9-]{0,62}$/.test(name))
    throw new OpsError('usage/arguments', `${JSON.stringify(name)} cannot be a runbook's name`, {
      hint: 'Use a-z, 0-9 and -, such as restart-workers.',
    })
  const danger = (flags['danger'] ?? 'disruptive') as Danger
  if (!DANGERS.includes(danger))
    throw new OpsError(
      'usage/arguments',
      `--danger should be one of ${DANGERS.join(', ')}, got ${JSON.stringify(danger)}`,
    )
  const known = (await context.engine().runbooks()).find(row => row.name === name)
  if (known)
    throw new OpsError('usage/arguments', `there is a runbook ${name} already: ${known.file}`, {
      hint: known.shipped
        ? 'It is a shipped one. Take another name, or copy its file to change it.'
        : 'Take another name.',
    })
  const file = path.join(directoryOf(context), `${name}.ts`)
  write(file, starterText(name, danger))
  const text = [
    `Wrote ${file}`,
    '',
    `  opsconsole plan ${name}            what it would do now`,
    `  opsconsole run ${name} --dry-run   command by command, without touching anything`,
    `  opsconsole runbook check ${name}   what a linter can find`,
  ]
  return {data: {name, file, danger}, text: text.join('\n')}
}

function directoryOf(context: CommandContext): string {
  const config = context.config()
  const [first] = config.policy.runbookDirectories
  if (first === undefined)
    throw new OpsError('usage/arguments', 'the configuration names no directory for runbooks of your own', {
      hint: 'Set policy.runbookDirectories, such as [runbooks].',
    })
  return path.resolve(path.dirname(config.file), first)
}

/** Never over a file that is there, whoever put it there in the meantime. */
function write(file: string, text: string): void {
  try {
    if (!existsSync(path.dirname(file))) mkdirSync(path.dirname(file), {recursive: true})
    writeFileSync(file, text, {flag: 'wx', mode: 0o644})
  } catch (cause) {
    throw new OpsError('usage/arguments', `cannot write ${file}: ${messageOf(cause)}`, {cause})
  }
}
