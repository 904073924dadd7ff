import {statSync} from 'node:fs'
import path from 'node:path'
import {OpsError} from '../errors.ts'
import {escapeLine} from '../text/escape.ts'
import {isSame, readTrustList, type TrustedDirectory, trustListFile} from './trust-list.ts'
import {type Distrust, type TrustPolicy, whyDistrusted} from './why-distrusted.ts'

type Env = Readonly<Record<string, string | undefined>>

/** Asked before anything that is found on this machine is read and decides what runs. */
export interface Trust {
  /** Raises `trust/refused` for a file or directory that somebody else may have written. `what` as in `the configuration`. */
  admit(what: string, file: string): void
  /** The same for the state directory, which a group may share. */
  admitState(directory: string): void
}

/**
 * Of this process: files of root and of its own account, for root also of the account that called sudo; and directories
 * that a person trusted, or that `$OPSCONSOLE_TRUSTED_DIRS` names.
 */
export function openTrust(env: Env, also: readonly TrustedDirectory[] = []): Trust {
  const policy = policyOf(env, also)
  const refuseUnless = (what: string, file: string, sharing: boolean): void => {
    const found = whyDistrusted(file, policy, sharing)
    if (found) throw refusal(what, file, found)
  }
  return {
    admit: (what, file) => refuseUnless(what, file, false),
    admitState: directory => refuseUnless('the state directory', directory, true),
  }
}

/** What is believed without anybody having said so. */
export const ownPolicy = (env: Env): TrustPolicy => ({
  owners: ownersOf(env),
  groups: new Set([process.getegid?.() ?? -1, ...(process.getgroups?.() ?? [])]),
  isTrusted: () => false,
})

function policyOf(env: Env, also: readonly TrustedDirectory[]): TrustPolicy {
  const own = ownPolicy(env)
  const file = trustListFile(env)
  // A list that somebody else may have written says nothing.
  const kept = file === undefined || whyDistrusted(file, own) ? [] : readTrustList(file)
  const known = [...kept, ...also]
  const written = (env['OPSCONSOLE_TRUSTED_DIRS'] ?? '').split(path.delimiter)
  const named = new Set(written.filter(each => path.isAbsolute(each)).map(each => path.resolve(each)))
  return {
    ...own,
    isTrusted: (directory, found) =>
      found.isDirectory() && (named.has(directory) || known.some(each => isSame(each, directory, found))),
  }
}

function ownersOf(env: Env): ReadonlySet<number> {
  const uid = process.geteuid?.() ?? -1
  const sudo = Number(env['SUDO_UID'] || Number.NaN)
  return new Set([0, uid, ...(uid === 0 && Number.isInteger(sudo) ? [sudo] : [])])
}

const directoryOf = (file: string): string =>
  statSync(file, {throwIfNoEntry: false})?.isDirectory() ? file : path.dirname(file)

function refusal(what: string, file: string, {path: at, reason, fix}: Distrust): OpsError {
  const shown = escapeLine(at, 300)
  const directory = escapeLine(directoryOf(file), 300)
  const first = fix === 'mode' ? `Take the right away (chmod go-w ${shown}), or look` : 'Look'
  return new OpsError(
    'trust/refused',
    `${what} ${escapeLine(file, 300)} is not trusted: ${at === file ? 'it' : shown} ${escapeLine(reason)}`,
    {
      hint: `${first} at what is in ${directory}, and if you would run it as yourself: opsconsole trust ${directory}`,
    },
  )
}
