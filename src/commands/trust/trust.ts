import {realpathSync, statSync} from 'node:fs'
import path from 'node:path'
import {OpsError} from '../../errors.ts'
import {accountName} from '../../identity/account.ts'
import {escapeLine} from '../../text/escape.ts'
import {openTrust, ownPolicy} from '../../trust/trust.ts'
import {
  describeDirectory,
  readTrustList,
  type TrustedDirectory,
  trustListFile,
  writeTrustList,
} from '../../trust/trust-list.ts'
import {whyDistrusted} from '../../trust/why-distrusted.ts'
import type {ChangingContext, Command, CommandInput, CommandResult} from '../command.ts'

export const command: Command = {
  name: 'trust',
  summary: 'Trust what is in a directory of somebody else',
  help: 'A configuration and its runbooks run programs as you. They are believed when they, and every directory above them, belong to you or to root and nobody else can write them; for root, also to the account that called sudo. Anything else is refused, until you looked at it and trust its directory. It is kept for your account by path, inode and owner: another directory in its place is not trusted. Without a directory it lists what you trust. In CI, OPSCONSOLE_TRUSTED_DIRS names directories, separated by colons.',
  beforeTrust: true,
  arguments: [
    {
      name: 'directory',
      required: false,
      completes: 'directory',
      description: 'Directory to trust, with all that is in it',
    },
  ],
  flags: {remove: {type: 'boolean', description: 'Trust it no longer'}},
  changes: 'files',
  onlyShows: ({args}) => args.length === 0,
  run: trust,
}

async function trust({args, flags}: CommandInput, context: ChangingContext): Promise<CommandResult> {
  const file = listFile(context)
  const known = readTrustList(file)
  const [written] = args
  if (written === undefined) return {data: {trusted: known}, text: listText(known)}
  const remove = flags['remove'] === true
  const directory = remove ? path.resolve(written) : realDirectory(written)
  const others = known.filter(each => each.path !== directory)
  const list = remove ? others : [...others, describeDirectory(directory)]
  // The trail is in the state directory, which may be the very one.
  openTrust(context.env, list).admitState(context.stateDir())
  const action = remove ? 'trust removed' : 'trust'
  await context.change({action, target: directory, detail: {owner: list.at(-1)?.owner}}, () =>
    writeTrustList(file, list),
  )
  const shown = escapeLine(directory, 300)
  return {
    data: {directory, trusted: list},
    text: remove ? `${shown} is not trusted any longer.` : `Trusted: ${shown}, with all that is in it.`,
  }
}

function listFile({env}: ChangingContext): string {
  const file = trustListFile(env)
  if (file === undefined)
    throw new OpsError('usage/arguments', 'no place for the list of trusted directories: HOME is not set', {
      hint: 'Set HOME, or name the directories in OPSCONSOLE_TRUSTED_DIRS.',
    })
  const found = whyDistrusted(file, ownPolicy(env))
  if (found)
    throw new OpsError('trust/refused', `the list ${file} is not trusted: ${found.path} ${found.reason}`, {
      hint: 'Fix that first: whoever can write the list decides what runs as you.',
    })
  return file
}

function realDirectory(written: string): string {
  const shown = escapeLine(written, 300)
  let directory: string
  try {
    directory = realpathSync(written)
  } catch (cause) {
    throw new OpsError('usage/arguments', `there is no directory ${shown}`, {cause})
  }
  if (!statSync(directory).isDirectory()) throw new OpsError('usage/arguments', `${shown} is not a directory`)
  if (directory === '/') throw new OpsError('usage/arguments', 'everything on this machine cannot be trusted')
  return directory
}

const listText = (known: readonly TrustedDirectory[]): string =>
  known.length === 0
    ? 'No directory is trusted beyond your own.'
    : known.map(({path: each, owner}) => `${escapeLine(each, 300)}  of ${escapeLine(accountName(owner))}`).join('\n')
