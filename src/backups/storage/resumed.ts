import {createHash} from 'node:crypto'
import type {UnfinishedFile} from './storage.ts'

/** What is compared, and held in memory, at once. */
export const PART = 4 * 1024 * 1024

/** What an earlier writer of the same name left. */
export interface Leftover {
  /** SHA-256 in hex of a whole part of it, by its number from 0; undefined after the last whole one. */
  digestOf(part: number): Promise<string | undefined>
  /**
   * Forgets what comes after so many bytes, and takes more. The end compares all that is there then with the SHA-256 that
   * `expected` tells.
   */
  goOn(bytes: number, expected: () => string): Promise<UnfinishedFile>
  /** Removes it; never raises. */
  remove(): Promise<void>
}

/**
 * The same bytes again, from the first on: as long as each part is what is there already, by its checksum, nothing is sent;
 * from the first part that differs, or is missing, on everything is. So what is there is never trusted, and of another
 * file it would be overwritten. At the end all of it is compared once more, for an earlier writer may not have been gone.
 */
export function resumedFile(leftover: Leftover): UnfinishedFile {
  const whole = createHash('sha256')
  const part = Buffer.allocUnsafeSlow(PART)
  let [held, there, sent] = [0, 0, 0]
  let file: UnfinishedFile | undefined

  async function goOn(): Promise<UnfinishedFile> {
    const opened = await leftover.goOn(there * PART, () => whole.copy().digest('hex'))
    file = opened
    if (held > 0) await opened.write(part.subarray(0, held))
    sent += held
    return opened
  }

  return {
    async write(bytes) {
      whole.update(bytes)
      let at = 0
      while (file === undefined && at < bytes.length) {
        const taken = Math.min(PART - held, bytes.length - at)
        part.set(bytes.subarray(at, at + taken), held)
        held += taken
        at += taken
        if (held < PART) return
        if ((await leftover.digestOf(there)) === createHash('sha256').update(part).digest('hex')) {
          there += 1
          held = 0
        } else await goOn()
      }
      if (file === undefined || at === bytes.length) return
      await file.write(bytes.subarray(at))
      sent += bytes.length - at
    },
    async commit() {
      const last = file ?? (await goOn())
      await last.commit()
    },
    sent: () => sent,
    async leave() {
      await file?.leave?.()
    },
    async abort() {
      await (file === undefined ? leftover.remove() : file.abort())
    },
  }
}
