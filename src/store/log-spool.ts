import {randomUUID} from 'node:crypto'
import {closeSync, mkdirSync, openSync, unlinkSync, writeSync} from 'node:fs'
import path from 'node:path'
import type {OutputPages} from '../runs/ports.ts'
import {lineIn, type Opened, pageOf} from './runs/output-pages.ts'

/** Lines that are kept for as long as somebody looks at them, however many. */
export interface LogSpool {
  /** Takes whole lines without line ends; false: there is no room for more, and none of them was taken. */
  append(lines: readonly string[]): boolean
  readonly pages: OutputPages
  size(): number
  close(): void
}

/** Of one log; what is longer shows its beginning. */
const MOST_BYTES = 1 << 30

/**
 * A file without a name: whatever way this process ends, nothing of it stays. Lines are found by their place in bytes,
 * so the first of them can be looked at while the others still come, and memory does not grow with them.
 */
export function openLogSpool(directory: string, most = MOST_BYTES): LogSpool {
  mkdirSync(directory, {recursive: true, mode: 0o700})
  const file = path.join(directory, `logs-${randomUUID()}`)
  const descriptor = openSync(file, 'wx+', 0o600)
  unlinkSync(file)
  let size = 0
  const opened = (): Opened => ({descriptor, size, parse: text => ({step: '', stream: 'out', text})})
  return {
    append: lines => {
      if (lines.length === 0) return true
      const bytes = Buffer.from(`${lines.join('\n')}\n`)
      if (size + bytes.length > most) return false
      for (let at = 0; at < bytes.length; ) at += writeSync(descriptor, bytes, at, bytes.length - at, size + at)
      size += bytes.length
      return true
    },
    pages: {
      page: request => pageOf(opened(), request),
      find: (request, signal) => lineIn(opened(), request, signal),
    },
    size: () => size,
    close: () => closeSync(descriptor),
  }
}
