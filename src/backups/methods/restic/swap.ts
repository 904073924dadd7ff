import {lstat, rename, rm} from 'node:fs/promises'
import path from 'node:path'
import {messageOf, OpsError} from '../../../errors.ts'
import {syncDirectory} from '../../../files/durable.ts'
import {quotePosix} from '../../../text/quote-posix.ts'
import {derived, type SwapNames} from '../../swap-names.ts'
import type {CopySwap} from '../method.ts'
import {listBeside, openersBelow} from './place.ts'

/**
 * Directories change their names: two renames, one after the other, for the name of a directory that holds something cannot
 * be taken over in one. The old one is kept. When the second fails the first is undone.
 */
export function directorySwap(parent: string): CopySwap {
  const at = (name: string): string => path.join(parent, path.basename(name))
  const move = (from: string, to: string): string => `mv -nT ${quotePosix(at(from))} ${quotePosix(at(to))}`
  return {
    names: (live, run) => ({live, restored: derived(live, 'restore', run), kept: derived(live, 'before', run)}),
    describe: ({live, restored, kept}) => `${move(live, kept)} && ${move(restored, live)}`,
    async swap(names, {now}) {
      await requireNames(names, at)
      const {names: openers} = await openersBelow(at(names.live))
      if (openers.length > 0)
        throw new OpsError('backup/restore', `nothing was swapped: ${names.live} is in use by ${openers.join(', ')}`, {
          hint: 'Stop its service, then run the restore again: who has the old directory open would go on writing to it.',
        })
      const begun = now()
      await exchange(names, at)
      await rm(listBeside(at(names.restored)), {force: true})
      syncDirectory(parent)
      return {awayMs: now() - begun, terminated: 0}
    },
    existing: async names => {
      const there = await Promise.all(names.map(name => isThere(at(name))))
      return new Set(names.filter((_name, index) => there[index]))
    },
    describeInstall: ({live, restored}) => move(restored, live),
    async install({live, restored}) {
      // A rename would take the place of an empty one without a word.
      if (await isThere(at(live))) throw new OpsError('backup/restore', `${at(live)} exists: nothing was done`)
      await rename(at(restored), at(live))
      await rm(listBeside(at(restored)), {force: true})
      syncDirectory(parent)
    },
    removeCommand: ({kept}) => `rm -r ${quotePosix(at(kept))}`,
  }
}

async function exchange({live, restored, kept}: SwapNames, at: (name: string) => string): Promise<void> {
  try {
    await rename(at(live), at(kept))
    await rename(at(restored), at(live)).catch(async (cause: unknown) => {
      await rename(at(kept), at(live))
      throw cause
    })
  } catch (cause) {
    throw new OpsError('backup/restore', `the swap failed, ${live} is as it was: ${messageOf(cause)}`, {cause})
  }
}

async function requireNames(names: SwapNames, at: (name: string) => string): Promise<void> {
  const [live, restored, kept] = await Promise.all(
    [names.live, names.restored, names.kept].map(name => isThere(at(name))),
  )
  const wrong = kept
    ? `${names.kept} already exists`
    : !restored
      ? `there is no directory ${names.restored}`
      : !live
        ? `there is no directory ${names.live}`
        : undefined
  if (wrong !== undefined) throw new OpsError('backup/restore', `nothing was swapped: ${wrong}`)
}

const isThere = (file: string): Promise<boolean> =>
  lstat(file).then(
    () => true,
    () => false,
  )
