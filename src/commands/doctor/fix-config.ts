import {statSync} from 'node:fs'
import {findConfigFile} from '../../config/find.ts'
import {type KeyRename, renameKeys} from '../../config/rename-keys.ts'
import {parseDocument} from '../../config/document.ts'
import {messageOf, OpsError} from '../../errors.ts'
import {writeDurably} from '../../files/durable.ts'
import {escapeLine} from '../../text/escape.ts'
import type {ChangingContext, CommandInput} from '../command.ts'
import {readBoundedText} from '../../files/bounded-file.ts'

/**
 * `doctor --fix-config`: gives renamed keys of the configuration their new names, and nothing else; comments, order and
 * mode of the file stay, and the old file is kept beside it as `FILE.before-fix`. Returns a line for each thing done.
 */
export async function fixConfig({flags}: CommandInput, context: ChangingContext): Promise<readonly string[]> {
  const named = typeof flags['config'] === 'string' ? flags['config'] : undefined
  const file = findConfigFile({file: named, env: context.env, cwd: process.cwd()})
  const before = read(file)
  // What is not one YAML document is refused as it is when it is loaded.
  parseDocument(Buffer.from(before), escapeLine(file))
  const {text, renamed, doubled} = renameKeys(before)
  if (doubled.length > 0)
    throw new OpsError('config/invalid', `${escapeLine(file)}: ${doubled.map(twice).join('; ')}`, {
      hint: 'Remove one of the two, then call it again.',
    })
  if (renamed.length === 0) return [`${escapeLine(file)}: no renamed keys`]
  const kept = `${file}.before-fix`
  await context.change({action: 'configuration fixed', target: file, detail: {renamed: renamed.map(line)}}, () => {
    const mode = statSync(file).mode & 0o777
    writeDurably(kept, before, mode)
    writeDurably(file, text, mode)
  })
  return [...renamed.map(one => `${escapeLine(file)}: ${line(one)}`), `The old file is ${escapeLine(kept)}`]
}

const line = ({path, to}: KeyRename): string => `${escapeLine(path, 200)} is now ${to}`
const twice = ({path, to}: KeyRename): string => `${escapeLine(path, 200)} is called ${to} now, and both are there`

function read(file: string): string {
  try {
    return readBoundedText(file)
  } catch (cause) {
    throw new OpsError('config/unreadable', `cannot read ${escapeLine(file)}: ${messageOf(cause)}`, {cause})
  }
}
