import {messageOf} from '../errors.ts'
import {brokenRunbooks, type RunbookDirectory, runbooksFingerprint} from './load.ts'
import type {RunbookRow} from './rows.ts'

const EVERY_MS = 10_000

export interface WatchListOptions {
  readonly directories: () => readonly RunbookDirectory[]
  readonly load: (directories: readonly RunbookDirectory[]) => Promise<readonly RunbookRow[]>
  readonly changed: () => void
}

/** The runbooks there are, read beside the first picture, which needs none of them, and again when a file is another one. */
export function watchRunbooks({directories, load, changed}: WatchListOptions) {
  let rows: readonly RunbookRow[] = []
  let fingerprint = ''
  const read = async (): Promise<void> => {
    const places = directories()
    const now = runbooksFingerprint(places)
    if (now === fingerprint) return
    fingerprint = now
    rows = await load(places).catch((error: unknown) =>
      brokenRunbooks(places, `${messageOf(error)}; see \`opsconsole runbook list\``),
    )
    changed()
  }
  const readQuietly = (): void => void read().catch(() => {})
  const first = setImmediate(readQuietly)
  const again = setInterval(readQuietly, EVERY_MS)
  return {
    rows: (): readonly RunbookRow[] => rows,
    close: () => {
      clearImmediate(first)
      clearInterval(again)
    },
  }
}
