import {closeSync, fstatSync, readSync} from 'node:fs'
import {setImmediate as turn} from 'node:timers/promises'
import {openPlain} from '../../files/plain-file.ts'
import type {OutputLine} from '../../runbooks/events.ts'
import type {FindRequest, OutputPage, PageRequest, PlacedLine} from '../../runs/ports.ts'
import {parseOutputLine} from './output-line.ts'

const CHUNK = 32 << 10
/** A search lets others work after so much. */
const SLICE = 1 << 20
/** A line that is longer is shown as a part of one. */
const LONGEST = 8 << 20

/** Lines around a place in the output of a run. Reads that part of the file only, however long it is. */
export function readPage(file: string, request: PageRequest): OutputPage {
  const opened = open(file)
  if (!opened) return {lines: [], size: 0}
  try {
    return pageOf(opened, request)
  } finally {
    closeSync(opened.descriptor)
  }
}

/** Lines around a place in an open file. */
export function pageOf(opened: Opened, {at, before, after}: PageRequest): OutputPage {
  const size = lastWholeLine(opened)
  const from = at === 'end' ? size : Math.min(at, size)
  const earlier = linesBefore(opened, from, before)
  return {lines: [...earlier, ...linesFrom(opened, from, after, size)], size}
}

/** Where the next line begins that is looked for, forwards or backwards; undefined when there is none. */
export async function findLine(file: string, request: FindRequest, signal: AbortSignal): Promise<number | undefined> {
  const opened = open(file)
  if (!opened) return undefined
  try {
    return await lineIn(opened, request, signal)
  } finally {
    closeSync(opened.descriptor)
  }
}

/** The same in an open file. */
export async function lineIn(opened: Opened, request: FindRequest, signal: AbortSignal): Promise<number | undefined> {
  const size = lastWholeLine(opened)
  const wanted = matcher(request)
  for (let at = request.from; request.back ? at > 0 : at < size; ) {
    signal.throwIfAborted()
    const text = request.back ? chunkBefore(opened, at, SLICE) : chunkFrom(opened, at, SLICE, size)
    const lines = split(text, opened.parse)
    const found = request.back ? lines.findLast(wanted) : lines.find(wanted)
    if (found) return found.at
    at = request.back ? text.from : text.to
    await turn()
  }
  return undefined
}

export interface Opened {
  readonly descriptor: number
  readonly size: number
  readonly parse: (text: string) => OutputLine
}

function open(file: string): Opened | undefined {
  try {
    const descriptor = openPlain(file)
    return {descriptor, size: fstatSync(descriptor).size, parse: parseOutputLine}
  } catch {
    return undefined
  }
}

/** Whole lines of the file, and where they stand in it. */
interface Chunk {
  readonly bytes: Buffer
  readonly from: number
  readonly to: number
}

const lastWholeLine = (opened: Opened): number => chunkBefore(opened, opened.size, CHUNK).to

function linesFrom(opened: Opened, from: number, count: number, size: number): readonly PlacedLine[] {
  const lines: PlacedLine[] = []
  for (let at = from; lines.length < count && at < size; ) {
    const chunk = chunkFrom(opened, at, CHUNK, size)
    lines.push(...linesOf(chunk, opened.parse, placesIn(chunk).slice(0, count - lines.length)))
    at = chunk.to
  }
  return lines
}

function linesBefore(opened: Opened, end: number, count: number): readonly PlacedLine[] {
  let lines: readonly PlacedLine[] = []
  for (let at = end; lines.length < count && at > 0; ) {
    const chunk = chunkBefore(opened, at, CHUNK)
    const wanted = placesIn(chunk).slice(-(count - lines.length))
    lines = [...linesOf(chunk, opened.parse, wanted), ...lines]
    at = chunk.from
  }
  return lines
}

/** The file from an offset to the last line end within reach. */
function chunkFrom(opened: Opened, from: number, reach: number, size: number): Chunk {
  const bytes = read(opened.descriptor, from, Math.min(reach, size - from))
  const end = bytes.lastIndexOf(NEWLINE) + 1
  if (end === 0 && reach < LONGEST && from + reach < size) return chunkFrom(opened, from, reach * 2, size)
  const length = end === 0 ? bytes.length : end
  return {bytes: bytes.subarray(0, length), from, to: from + Math.max(1, length)}
}

/** The file before an offset, from the first line that begins within reach; it ends with the last line end. */
function chunkBefore(opened: Opened, end: number, reach: number): Chunk {
  const start = Math.max(0, end - reach)
  const bytes = read(opened.descriptor, start, end - start)
  const first = start === 0 ? 0 : bytes.indexOf(NEWLINE) + 1
  const last = bytes.lastIndexOf(NEWLINE) + 1
  if (start > 0 && last <= first && reach < LONGEST) return chunkBefore(opened, end, reach * 2)
  if (last <= first) return {bytes: bytes.subarray(0, 0), from: start, to: start}
  return {bytes: bytes.subarray(first, last), from: start + first, to: start + last}
}

const NEWLINE = 0x0a

function read(descriptor: number, from: number, length: number): Buffer {
  const buffer = Buffer.allocUnsafe(Math.max(0, length))
  return buffer.subarray(0, length > 0 ? readSync(descriptor, buffer, 0, length, from) : 0)
}

const split = (chunk: Chunk, parse: Opened['parse']): readonly PlacedLine[] => linesOf(chunk, parse, placesIn(chunk))

/** Where each line of a chunk begins and ends in it. Cheap beside parsing one. */
function placesIn({bytes}: Chunk): readonly (readonly [start: number, end: number])[] {
  const places: (readonly [number, number])[] = []
  for (let start = 0; start < bytes.length; ) {
    const newline = bytes.indexOf(NEWLINE, start)
    const end = newline === -1 ? bytes.length : newline
    places.push([start, end])
    start = end + 1
  }
  return places
}

const linesOf = (
  {bytes, from}: Chunk,
  parse: Opened['parse'],
  places: readonly (readonly [start: number, end: number])[],
): readonly PlacedLine[] =>
  places.map(([start, end]) => ({
    ...parse(bytes.toString('utf8', start, end)),
    at: from + start,
    next: from + end + 1,
  }))

function matcher({text, otherThan}: FindRequest): (line: PlacedLine) => boolean {
  if (text === undefined) return line => line.step !== otherThan
  const wanted = text.toLowerCase()
  return line => line.text.toLowerCase().includes(wanted)
}
