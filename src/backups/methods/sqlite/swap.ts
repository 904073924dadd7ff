import {access, link, rename, rm} from 'node:fs/promises'
import path from 'node:path'
import {messageOf, OpsError} from '../../../errors.ts'
import {syncDirectory} from '../../../files/durable.ts'
import {quotePosix} from '../../../text/quote-posix.ts'
import {derived, swapBackNames, type SwapNames} from '../../swap-names.ts'
import type {CopySwap} from '../method.ts'
import {SIDE_FILES, sqliteFault} from './file.ts'
import {openersOf} from './openers.ts'

/**
 * Files of one directory change their names. The live one gets a second name, then one rename puts the copy in its place: there
 * is a file of the live name at every instant. Nobody may have it open: who has would go on writing to the old one.
 */
export function fileSwap(directory: string): CopySwap {
  const at = (name: string): string => path.join(directory, path.basename(name))
  const describe = ({live, restored, kept}: SwapNames): string =>
    [
      ['ln', at(live), at(kept)],
      ['mv', at(restored), at(live)],
    ]
      .map(argv => argv.map(quotePosix).join(' '))
      .join(' && ')
  const exchange = async ({live, restored, kept}: SwapNames): Promise<void> => {
    await settle(at(live))
    await link(at(live), at(kept))
    try {
      for (const ending of SIDE_FILES) await renameIfThere(`${at(live)}${ending}`, `${at(kept)}${ending}`)
      await rename(at(restored), at(live))
    } catch (error) {
      for (const ending of SIDE_FILES) await renameIfThere(`${at(kept)}${ending}`, `${at(live)}${ending}`)
      await rm(at(kept), {force: true})
      throw error
    }
    syncDirectory(directory)
  }
  return {
    names: (live, run) => ({live, restored: derived(live, 'restore', run), kept: derived(live, 'before', run)}),
    describe,
    async swap(names, {now}) {
      await requireNames(names, at)
      await requireClosed(at(names.live))
      const begun = now()
      await exchange(names).catch((cause: unknown) => {
        throw new OpsError('backup/restore', `the swap failed, ${names.live} is as it was: ${messageOf(cause)}`, {
          cause,
        })
      })
      const late = await openersOf(at(names.kept))
      if (late.names.length > 0) {
        await exchange(swapBackNames(names))
        throw openFault(names.live, late.names)
      }
      return {awayMs: now() - begun, terminated: 0}
    },
    existing: async names => {
      const there = await Promise.all(names.map(name => isThere(at(name))))
      return new Set(names.filter((_name, index) => there[index]))
    },
    describeInstall: ({live, restored}) => `mv -n ${quotePosix(at(restored))} ${quotePosix(at(live))}`,
    async install({live, restored}) {
      // Never over another one, which a rename would be.
      await link(at(restored), at(live))
      await rm(at(restored))
      syncDirectory(directory)
    },
    removeCommand: ({kept}) => `rm ${quotePosix(at(kept))}`,
  }
}

/** Brings what is still in the log into the file, so that it is whole under its new name. A damaged one stays as it is. */
async function settle(file: string): Promise<void> {
  if (sqliteFault(file) !== undefined) return
  const {DatabaseSync: Database} = await import('node:sqlite')
  try {
    const database = new Database(file, {timeout: 1000})
    try {
      database.exec('PRAGMA wal_checkpoint(TRUNCATE)')
    } finally {
      database.close()
    }
  } catch {
    // Its log is renamed with it.
  }
}

async function requireClosed(file: string): Promise<void> {
  const {names} = await openersOf(file)
  if (names.length > 0) throw openFault(path.basename(file), names)
}

const openFault = (name: string, openers: readonly string[]): OpsError =>
  new OpsError('backup/restore', `nothing was swapped: ${name} is open in ${openers.join(', ')}`, {
    hint: 'Stop its service, then run the restore again: who has the old file open would go on writing to it.',
  })

async function requireNames(names: SwapNames, at: (name: string) => string): Promise<void> {
  const missing = (await isThere(at(names.live))) ? names.restored : names.live
  const wrong = (await isThere(at(names.kept)))
    ? `a file ${names.kept} already exists`
    : (await isThere(at(missing)))
      ? undefined
      : `there is no file ${missing}`
  if (wrong !== undefined) throw new OpsError('backup/restore', `nothing was swapped: ${wrong}`)
}

const isThere = (file: string): Promise<boolean> =>
  access(file).then(
    () => true,
    () => false,
  )

async function renameIfThere(from: string, to: string): Promise<void> {
  if (await isThere(from)) await rename(from, to)
}
