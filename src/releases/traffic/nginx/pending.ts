import {rm, writeFile} from 'node:fs/promises'
import {z} from 'zod'
import {readBoundedSoon} from '../../../files/bounded-file.ts'
import {hiddenBeside} from './replace-file.ts'

const pendingSchema = z.object({
  /** What nginx serves by, as far as its workers are older than this. */
  inForce: z.string(),
  /** What a move wrote into the file. */
  written: z.string(),
  /** Milliseconds since the epoch. */
  at: z.number(),
})

/**
 * A text of ours that nginx has not read: noted beside the file before that is replaced, and removed when nginx has it. Whoever
 * finds it after a kill in between knows what is in force, which the file does not tell any more.
 */
export type Pending = z.infer<typeof pendingSchema>

const fileOf = (file: string): string => hiddenBeside(file, 'pending')

/** Undefined when there is none, or nothing that is understood. */
export async function readPending(file: string): Promise<Pending | undefined> {
  try {
    return pendingSchema.parse(JSON.parse(String(await readBoundedSoon(fileOf(file)))))
  } catch {
    return undefined
  }
}

export const notePending = (file: string, pending: Pending): Promise<void> =>
  writeFile(fileOf(file), JSON.stringify(pending), {mode: 0o600})

export const forgetPending = (file: string): Promise<void> => rm(fileOf(file), {force: true})
