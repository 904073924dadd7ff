import {closeSync, constants, fstatSync, ftruncateSync, readSync, renameSync, writeFileSync, writeSync} from 'node:fs'
import {openPlain} from '../../files/plain-file.ts'
import {openInMode} from '../../files/modes.ts'
import type {OutputLine} from '../../runbooks/events.ts'
import type {OutputSink} from '../../runbooks/ports.ts'
import type {OutputRead} from '../../runs/ports.ts'
import type {RunFiles} from './directory.ts'
import {parseOutputLine} from './output-line.ts'

/** More output than this is counted but not kept: a run must not fill the disk it may be needed to fix. */
export const LARGEST_OUTPUT = 256 << 20
const PROGRESS_EVERY_MS = 200

/** The output of a run: one JSON line for each line, in order. Lines are already redacted and escaped. */
export function openOutput(files: RunFiles, seq: () => number): OutputSink & {close(): void} {
  const descriptor = openInMode(files.output, constants.O_RDWR | constants.O_APPEND | constants.O_CREAT)
  let size = endTornLine(descriptor)
  let full = false
  let lost = 0
  let shownAt = 0
  let shown = false
  const write = (line: OutputLine): void => {
    const bytes = Buffer.from(`${JSON.stringify({...line, after: seq()})}\n`)
    try {
      if (writeSync(descriptor, bytes) !== bytes.length) throw new Error('written in part')
      size += bytes.length
    } catch {
      // Output is for watching, the journal is what counts: a full disk must not stop the command that may fix it.
      lost += 1
      truncateQuietly(descriptor, size)
    }
  }
  const tellLost = (step: string): void => {
    if (lost === 0) return
    const before = lost
    lost = 0
    write({step, stream: 'log', text: `(${before} lines of output could not be kept: no space was left)`})
    if (lost > 0) lost = before
  }
  return {
    spoolDir: files.spool,
    line: line => {
      if (size < LARGEST_OUTPUT) {
        tellLost(line.step)
        return write(line)
      }
      if (full) return
      full = true
      write({step: line.step, stream: 'log', text: `(output beyond ${LARGEST_OUTPUT >> 20} MB is not kept)`})
    },
    progress: progress => {
      if (!progress && !shown) return
      shown = progress !== undefined
      const now = performance.now()
      if (progress && progress.done < progress.total && now - shownAt < PROGRESS_EVERY_MS) return
      shownAt = now
      try {
        replaceQuickly(files.progress, JSON.stringify(progress ?? null))
      } catch {
        // As above.
      }
    },
    close: () => closeSync(descriptor),
  }
}

function replaceQuickly(file: string, text: string): void {
  const descriptor = openInMode(`${file}.tmp`, 'w')
  try {
    writeFileSync(descriptor, text)
  } finally {
    closeSync(descriptor)
  }
  renameSync(`${file}.tmp`, file)
}

/** A runner that was killed within its line: what comes next begins a new one. The size, then. */
function endTornLine(descriptor: number): number {
  const {size} = fstatSync(descriptor)
  const last = Buffer.alloc(1)
  if (size === 0 || readSync(descriptor, last, 0, 1, size - 1) === 0 || last[0] === 0x0a) return size
  try {
    return size + writeSync(descriptor, '\n')
  } catch {
    // The disk is full: the next line shares the place of this part, and both are shown as they are.
    return size
  }
}

function truncateQuietly(descriptor: number, size: number): void {
  try {
    ftruncateSync(descriptor, size)
  } catch {
    // A part of a line stays; readers stop before it, and the next line ends it.
  }
}

/** Lines from an offset; an unfinished last line comes with the next call. At most 4 MiB a call. */
export function readOutput(file: string, from = 0): OutputRead {
  let descriptor: number
  try {
    descriptor = openPlain(file)
  } catch {
    return {lines: [], end: from}
  }
  try {
    const length = Math.min(4 << 20, Math.max(0, fstatSync(descriptor).size - from))
    const buffer = Buffer.alloc(length)
    const count = length === 0 ? 0 : readSync(descriptor, buffer, 0, length, from)
    const whole = buffer.lastIndexOf(0x0a, count - 1) + 1
    const lines = buffer.toString('utf8', 0, whole).split('\n').slice(0, -1).map(parseOutputLine)
    return {lines, end: from + whole}
  } finally {
    closeSync(descriptor)
  }
}
