import {closeSync, fstatSync, readSync, unlinkSync} from 'node:fs'
import path from 'node:path'
import {modesIn, openInMode} from '../files/modes.ts'

/**
 * The raw output of one command, in files of its own: a command writes to a file, never to a pipe, so it goes on when
 * its runner dies. The files are read while they grow and removed once everything has been taken over.
 */
export interface Spool {
  readonly outFd: number
  readonly errFd: number
  /** Where the wrapper writes the exit code. */
  readonly exitFile: string
  /** Hands over what is new; false when there was nothing. */
  drain(): boolean
  /** Bytes handed over so far. */
  taken(): number
  close(): void
}

export type Chunk = (stream: 'out' | 'err', bytes: Uint8Array) => void

/** At most this much is read at a time, so that one command cannot starve the rest of the runner. */
const SLICE = 1 << 20

export function openSpool(directory: string, name: string, chunk: Chunk): Spool {
  const base = path.join(directory, name)
  const files = {out: `${base}.out`, err: `${base}.err`}
  // One descriptor for both: the command appends through it, we read at positions of our own.
  const mode = modesIn(directory).file
  const open = {out: openInMode(files.out, 'wx+', mode), err: openInMode(files.err, 'wx+', mode)}
  const position = {out: 0, err: 0}
  /** Made when there is something to read: most commands of a runbook say nothing. */
  let buffer: Buffer | undefined

  const drainOne = (stream: 'out' | 'err'): boolean => {
    if (fstatSync(open[stream]).size === position[stream]) return false
    buffer ??= Buffer.allocUnsafe(64 * 1024)
    let any = false
    for (let taken = 0; taken < SLICE; ) {
      const count = readSync(open[stream], buffer, 0, buffer.length, position[stream])
      if (count === 0) break
      position[stream] += count
      taken += count
      any = true
      chunk(stream, buffer.subarray(0, count))
    }
    return any
  }
  return {
    outFd: open.out,
    errFd: open.err,
    exitFile: `${base}.exit`,
    drain: () => {
      const out = drainOne('out')
      return drainOne('err') || out
    },
    taken: () => position.out + position.err,
    close: () => {
      closeSync(open.out)
      closeSync(open.err)
      for (const file of [files.out, files.err, `${base}.exit`]) removeQuietly(file)
    },
  }
}

/** A file that stays is cleared away with the run's end; it is no reason to call the command failed. */
function removeQuietly(file: string): void {
  try {
    unlinkSync(file)
  } catch {
    // The exit file is not there when the command was killed.
  }
}
