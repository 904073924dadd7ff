import type {Silence} from './silence.ts'

/** Where silences are kept: commands and consoles write them, the process that watches reads them at each evaluation. */
export interface SilenceStore {
  /** Those that have not ended by then, oldest first, and those that end with their alert. */
  since(endedAfter: number): readonly Silence[]
  add(silence: Silence): void
  /** False: there is none of that id, or it has ended. */
  expire(id: string, expired: {readonly by: string; readonly at: number}): boolean
  /** Forgets those that ended before. */
  forget(endedBefore: number): void
}
