import {quoteName} from '../connections/postgres/quote.ts'
import {withSession} from '../connections/postgres/session.ts'
import type {OpsContext} from './context.ts'
import {describeSwap, existingDatabases, swapBackNames, swapDatabases, type SwapNames, type SwapResult} from './swap.ts'

/** Putting a proved copy in the live database's place, and back. */
export interface SwapOps {
  /** `shop` and a run's id give `shop_restore_ID` and `shop_before_ID`: at most 63 bytes, plain characters. */
  swapNames(live: string, run: string): SwapNames
  /** Puts the restored copy in the live one's place, in one transaction. Raises `backup/restore`. */
  swap(names: SwapNames): Promise<SwapResult>
  swapBack(names: SwapNames): Promise<SwapResult>
  /** not yet · swapped · unclear, told from the names that exist. */
  swapState(names: SwapNames): Promise<'not yet' | 'swapped' | 'unclear'>
  /** Renames the copy to a live name that is free, since the live database is gone. */
  install(names: SwapNames): Promise<void>
}

export function createSwapOps({access, tools}: OpsContext): SwapOps {
  const swap = async (names: SwapNames): Promise<SwapResult> => {
    const admin = await access.admin()
    const now = (): number => tools.clock.monotonic()
    return tools.act(describeSwap(names), signal => swapDatabases(admin, names, {signal, now}), {
      awayMs: 0,
      terminated: 0,
    })
  }

  return {
    swap,
    swapBack: names => swap(swapBackNames(names)),
    swapNames: (live, run) => ({live, restored: derived(live, 'restore', run), kept: derived(live, 'before', run)}),
    async swapState(names) {
      const there = await existingDatabases(
        await access.admin(),
        [names.live, names.restored, names.kept],
        tools.signal,
      )
      if (there.has(names.live) && there.has(names.kept) && !there.has(names.restored)) return 'swapped'
      return there.has(names.restored) && !there.has(names.kept) ? 'not yet' : 'unclear'
    },
    async install(names) {
      const admin = await access.admin()
      const statement = `ALTER DATABASE ${quoteName(names.restored)} RENAME TO ${quoteName(names.live)}`
      await tools.act(statement, signal => withSession(admin, signal, client => client.query(statement)), undefined)
    },
  }
}

/** A name has at most 63 bytes; the run's part is kept whole, the database's is cut. */
function derived(live: string, word: string, run: string): string {
  const tail = `_${word}_${run
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .slice(-32)}`
  let head = live
  while (Buffer.byteLength(head + tail) > 63) head = head.slice(0, -1)
  return head + tail
}
