import {messageOf, OpsError} from '../../../errors.ts'
import {escapeLine} from '../../../text/escape.ts'
import {formatDuration} from '../../../units/duration.ts'

/** What ssh or a program over there said, and what that means. In this order: a changed key is also a failed check. */
const MEANINGS: readonly (readonly [RegExp, string, string])[] = [
  [
    /REMOTE HOST IDENTIFICATION HAS CHANGED/,
    'its host key has changed',
    'Somebody may be intercepting the connection. Only if you know why it changed: put the new key into the known_hosts file.',
  ],
  [
    /Host key verification failed|host key is known for/,
    'its host key is unknown',
    'Compare its fingerprint with the one on the host itself, then put the key into the known_hosts file (ssh-keyscan prints it).',
  ],
  [
    /Could not resolve hostname/,
    'its name cannot be resolved',
    'Check host in the configuration and the name service of this host.',
  ],
  [/Connection refused/, 'nothing accepts SSH connections there', 'Is sshd running, and is the port right?'],
  [
    /Connection timed out|Operation timed out|No route to host|Network is unreachable|banner exchange/,
    'the host does not answer',
    'Is it up, and may this host reach its SSH port?',
  ],
  [
    /UNPROTECTED PRIVATE KEY|bad permissions|Identity file .* not accessible|no such identity|Load key/,
    'the private key cannot be used',
    'identityFile should be a key that its owner alone can read, without a passphrase or known to an agent.',
  ],
  [
    /allows sftp connections only|restricted to (?:sftp|scp|rsync)|account is currently not available|not available for this account|git-shell|interactive shells? (?:is|are) (?:disabled|not)/i,
    'this account may run no commands there',
    'Backups over SSH need a shell: an account for sftp alone will not do. Take ForceCommand or the shell that refuses off it, or use another account.',
  ],
  [
    /Permission denied \(|Too many authentication failures/,
    'it refused this user',
    'Put the public key into authorized_keys of the user there; identityFile says which key is offered.',
  ],
  [/No space left on device|Disk quota exceeded/, 'no space left there', 'Make room, or prune old backups.'],
  [/Read-only file system/, 'its file system is read-only', 'See why it was mounted so; often a disk is failing.'],
  [
    /Permission denied/,
    'the user has no permission for that there',
    'Give it to the user that logs in: chown the directory.',
  ],
  [
    /unrecognized option|illegal option|invalid option|not found/,
    'it lacks programs that are needed',
    'It needs a POSIX sh and GNU coreutils 8.24 or later.',
  ],
  [
    /closed by remote host|Connection (?:to .* )?(?:closed|reset)|Broken pipe|disconnect|Timeout, server/,
    'the connection was cut',
    'No partial backup is listed as good. Try again; if it happens again, see the log of sshd there.',
  ],
]

/** The failure of an ssh in plain words. `said` is what came on its standard error. */
export function sshFailure(
  address: string,
  said: readonly string[],
  cause: unknown,
  unknown?: {readonly otherwise: string; readonly hint: string},
): OpsError {
  if (cause instanceof OpsError && cause.code === 'process/missing')
    return new OpsError('backup/storage', `${address}: ssh is not installed here`, {
      cause,
      hint: 'Install the package openssh-client.',
    })
  const text = said.join('\n')
  const found = MEANINGS.find(([pattern]) => pattern.test(text))
  const words = escapeLine(said.slice(-2).join(' | ') || messageOf(cause), 300)
  if (found === undefined && unknown !== undefined)
    return storageFailure(address, `${unknown.otherwise} (${words})`, cause, unknown.hint)
  if (found === undefined)
    // ssh says nothing when its connection ends between two messages.
    return said.length === 0
      ? storageFailure(address, `the connection was cut (${words})`, cause)
      : storageFailure(address, words, cause)
  const [, meaning, hint] = found
  return storageFailure(address, `${meaning} (${words})`, cause, hint)
}

/** What came in the place of our answer: a shell that prints for itself, or an account that runs something else. */
export const strangeAnswer = (address: string, said: string): OpsError =>
  sshFailure(address, [escapeLine(said.trim().split('\n')[0] ?? '', 200)], undefined, {
    otherwise: 'it answers with something else',
    hint: 'Nothing may be printed there but by the command: see .bashrc and ForceCommand, with `ssh HOST true`.',
  })

/** Connected, and nothing more. */
export const lateAnswer = ({address, answerMs}: {readonly address: string; readonly answerMs: number}): OpsError =>
  storageFailure(
    address,
    `no answer within ${formatDuration(answerMs)}`,
    undefined,
    'Does `ssh HOST true` end at once? A file that its shell reads at login, or a file system there, may be waiting for something.',
  )

export const storageFailure = (address: string, reason: string, cause?: unknown, hint?: string): OpsError =>
  new OpsError('backup/storage', `${address}: ${reason}`, {cause, ...(hint === undefined ? {} : {hint})})
