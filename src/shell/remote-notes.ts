import {NOTE} from './remote-script.ts'

/** What the shell around a command on another host has said of it so far. */
export interface Notes {
  readonly began: {readonly pid: number; readonly group: number | undefined} | undefined
  /** The command's own exit code. */
  readonly ended: number | undefined
}

export interface MarkerReader {
  /** The bytes without notes. The begin of a note is held back until the rest of it has come. */
  push(bytes: Uint8Array): Uint8Array
  rest(): Uint8Array
}

/** A note is a line of the tag, a word and numbers; nothing else that short begins with the tag. */
const LONGEST_NOTE = 100

/** Takes the notes of one command out of a stream: wherever they stand, as the command may not end its lines. */
export function markerReader(tag: string, tell: (notes: Partial<Notes>) => void): MarkerReader {
  const wanted = Buffer.from(`${tag} `)
  let held: Buffer = Buffer.alloc(0)
  return {
    push: bytes => {
      const text = held.length === 0 ? Buffer.from(bytes) : Buffer.concat([held, bytes])
      const kept: Buffer[] = []
      let from = 0
      for (;;) {
        const at = text.indexOf(wanted, from)
        if (at === -1) break
        kept.push(text.subarray(from, at))
        from = at
        const end = text.indexOf('\n', at)
        const note = end === -1 ? undefined : readNote(text.toString('latin1', at + wanted.length, end))
        if (note) {
          tell(note)
          from = end + 1
        } else if (end === -1 && text.length - at < LONGEST_NOTE) {
          held = text.subarray(at)
          return Buffer.concat(kept)
        } else {
          kept.push(text.subarray(at, at + wanted.length))
          from = at + wanted.length
        }
      }
      const whole = text.length - beginningAtEnd(text, wanted, from)
      held = text.subarray(whole)
      return Buffer.concat([...kept, text.subarray(from, whole)])
    },
    rest: () => {
      const last = held
      held = Buffer.alloc(0)
      return last
    },
  }
}

function readNote(line: string): Partial<Notes> | undefined {
  const [, word, first, second] = /^(\w+) (\d+)(?: (\d+))?\r?$/.exec(line) ?? []
  if (word === NOTE.ended) return {ended: Number(first)}
  // Only a leader's group is the command's own: another may be of the server itself.
  if (word === NOTE.began) return {began: {pid: Number(first), group: first === second ? Number(first) : undefined}}
  return undefined
}

/** How many bytes at the end could be the begin of what is wanted. */
function beginningAtEnd(text: Buffer, wanted: Buffer, from: number): number {
  for (let length = Math.min(wanted.length - 1, text.length - from); length > 0; length -= 1)
    if (text.subarray(text.length - length).equals(wanted.subarray(0, length))) return length
  return 0
}
