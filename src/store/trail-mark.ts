import {closeSync, constants, writeSync} from 'node:fs'
import {crc32} from 'node:zlib'
import {readPlain} from '../files/plain-file.ts'
import {openInMode} from '../files/modes.ts'

/**
 * Where a trail stood when it was last known to be whole, so that not every process reads it from its beginning. Whoever
 * appends keeps it, under the trail's lock; it counts only while the file is exactly as it was then (size, inode and
 * time of its last change). Never synced, and nothing is lost with it: `audit verify` does not ask it.
 */
export interface TrailMark {
  readonly stamp: string
  /** Of the files that were sealed; left out by versions that sealed none. */
  readonly sealed?: string
  readonly seq: number
  readonly head: string
  readonly size: number
}

export const markFile = (log: string): string => `${log}.mark`

export function readMark(log: string, stamp: string, sealed: string): TrailMark | undefined {
  try {
    const [text = '', sum] = readPlain(markFile(log)).toString('latin1').split('\n')
    const mark = JSON.parse(text) as TrailMark
    if (mark.stamp !== stamp || (mark.sealed ?? '') !== sealed) return undefined
    return sum === sumOf(text) ? mark : undefined
  } catch {
    return undefined
  }
}

/** A full disk leaves half of a mark over the one before. */
const sumOf = (line: string): string => crc32(line).toString(16)

/** For a process that appends again and again. A mark that cannot be written is none. */
export function openMark(log: string): {write(mark: TrailMark): void; close(): void} {
  let descriptor: number | undefined
  try {
    descriptor = openInMode(markFile(log), constants.O_RDWR | constants.O_CREAT | constants.O_NOFOLLOW)
  } catch {
    descriptor = undefined
  }
  return {
    write: mark => {
      if (descriptor === undefined) return
      try {
        const line = JSON.stringify(mark)
        // What is left of a longer one stands behind the second line end, where nobody reads.
        writeSync(descriptor, `${line}\n${sumOf(line)}\n`, 0)
      } catch {
        // What it said before is about a file that is no more as it was.
      }
    },
    close: () => {
      if (descriptor !== undefined) closeSync(descriptor)
    },
  }
}
