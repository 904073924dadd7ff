import {statSync, type Stats} from 'node:fs'
import path from 'node:path'
import {messageOf, OpsError} from '../errors.ts'
import {writeDurably} from '../files/durable.ts'
import {makeDirectory} from '../files/make-directory.ts'
import {escapeLine} from '../text/escape.ts'
import {readBoundedText} from '../files/bounded-file.ts'

type Env = Readonly<Record<string, string | undefined>>

/** A directory that a person said to trust. Another one in its place, or one with a new owner, is not it. */
export interface TrustedDirectory {
  /** Without links. */
  readonly path: string
  readonly device: number
  readonly inode: number
  readonly owner: number
}

/** The list of this account, apart from the state directory, which is itself something to trust; undefined without a home. */
export function trustListFile(env: Env): string | undefined {
  const home = env['XDG_CONFIG_HOME'] || (env['HOME'] && path.join(env['HOME'], '.config'))
  return home ? path.join(home, 'opsconsole', 'trusted.json') : undefined
}

export function readTrustList(file: string): readonly TrustedDirectory[] {
  try {
    const list = JSON.parse(readBoundedText(file)) as unknown
    return Array.isArray(list) ? list.filter(isEntry) : []
  } catch {
    return []
  }
}

const isEntry = (each: unknown): each is TrustedDirectory =>
  typeof each === 'object' && each !== null && typeof (each as TrustedDirectory).path === 'string'

export function writeTrustList(file: string, list: readonly TrustedDirectory[]): void {
  try {
    makeDirectory(path.dirname(file))
    writeDurably(file, `${JSON.stringify(list, undefined, 2)}\n`, 0o600)
  } catch (cause) {
    throw new OpsError('state/unwritable', `cannot write ${escapeLine(file)}: ${messageOf(cause)}`, {cause})
  }
}

export function describeDirectory(directory: string): TrustedDirectory {
  const {dev, ino, uid} = statSync(directory)
  return {path: directory, device: dev, inode: ino, owner: uid}
}

export const isSame = (known: TrustedDirectory, directory: string, {dev, ino, uid}: Stats): boolean =>
  known.path === directory && known.device === dev && known.inode === ino && known.owner === uid
