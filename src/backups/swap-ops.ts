import {OpsError} from '../errors.ts'
import type {OpsContext} from './context.ts'
import type {CopySwap} from './methods/method.ts'
import {swapBackNames, type SwapNames, type SwapResult} from './swap-names.ts'

/** Putting a proved copy in the live one's place, and back. */
export interface SwapOps {
  /** `shop` and a run's id give `shop_restore_ID` and `shop_before_ID`: at most 63 bytes, plain characters. */
  swapNames(live: string, run: string): SwapNames
  /** Puts the restored copy in the live one's place, at one instant. Raises `backup/restore`. */
  swap(names: SwapNames): Promise<SwapResult>
  swapBack(names: SwapNames): Promise<SwapResult>
  /** not yet · swapped · unclear, told from the names that exist. */
  swapState(names: SwapNames): Promise<'not yet' | 'swapped' | 'unclear'>
  /** Gives the copy a live name that is free, since what was live is gone. */
  install(names: SwapNames): Promise<void>
  /** What removes that which was live, as a person would type it. */
  removeKept(names: SwapNames): string
}

export function createSwapOps({source, method, tools}: OpsContext): SwapOps {
  const way = (): CopySwap => {
    if (method.swap !== undefined) return method.swap
    throw new OpsError(
      'usage/arguments',
      `a copy of backup ${source.backup.name} does not take the place of the live one`,
    )
  }
  const swap = async (names: SwapNames): Promise<SwapResult> => {
    const now = (): number => tools.clock.monotonic()
    return tools.act(way().describe(names), signal => way().swap(names, {signal, now}), {awayMs: 0, terminated: 0})
  }

  return {
    swap,
    swapBack: names => swap(swapBackNames(names)),
    swapNames: (live, run) => way().names(live, run),
    async swapState(names) {
      const there = await way().existing([names.live, names.restored, names.kept], tools.signal)
      if (there.has(names.live) && there.has(names.kept) && !there.has(names.restored)) return 'swapped'
      return there.has(names.restored) && !there.has(names.kept) ? 'not yet' : 'unclear'
    },
    async install(names) {
      await tools.act(way().describeInstall(names), signal => way().install(names, signal), undefined)
    },
    removeKept: names => way().removeCommand(names),
  }
}
