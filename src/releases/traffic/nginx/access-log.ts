import {open, readdir, stat} from 'node:fs/promises'
import {basename, dirname, join} from 'node:path'

/** Answers of one server since the log was opened. */
export interface ServerCounts {
  readonly responses: number
  /** 5xx, and no answer at all. */
  readonly errors: number
  /** 4xx. */
  readonly refused: number
}

export interface LogCounts {
  readonly byAddress: ReadonlyMap<string, ServerCounts>
  /** Requests that were passed to no server: 5xx made by nginx itself. */
  readonly unserved: number
}

export interface AccessLog {
  /** Counts from its first call on, which gives none. Raises what the file system raises. */
  counts(): Promise<LogCounts>
}

const NOTHING: ServerCounts = {responses: 0, errors: 0, refused: 0}
const CHUNK = 256 * 1024
/** A line that is longer is no line of ours; what is left of it is passed over. */
const LONGEST_LINE = 64 * 1024

/** Reads on in an access log with one JSON object a line, over its rotation too. Holds no file open between calls. */
export function openAccessLog(file: string): AccessLog {
  const byAddress = new Map<string, ServerCounts>()
  let unserved = 0
  let read: {readonly inode: number; at: number; rest: string} | undefined
  const add = (line: string): void => {
    const answer = parseAnswer(line)
    if (answer === undefined) return
    if (answer.servers.length === 0 && answer.status >= 500) unserved += 1
    for (const {address, status} of answer.servers)
      byAddress.set(address, withAnswer(byAddress.get(address) ?? NOTHING, status))
  }
  const readOn = async (path: string, from: NonNullable<typeof read>): Promise<void> => {
    const handle = await open(path)
    try {
      // Cut to nothing and written on, as `copytruncate` does.
      if ((await handle.stat()).size < from.at) Object.assign(from, {at: 0, rest: ''})
      const buffer = Buffer.alloc(CHUNK)
      for (;;) {
        const {bytesRead} = await handle.read(buffer, 0, CHUNK, from.at)
        if (bytesRead === 0) return
        from.at += bytesRead
        const lines = (from.rest + buffer.toString('latin1', 0, bytesRead)).split('\n')
        from.rest = (lines.pop() ?? '').slice(-LONGEST_LINE)
        for (const line of lines) add(line)
      }
    } finally {
      await handle.close()
    }
  }
  return {
    async counts() {
      const {ino, size} = await stat(file)
      if (read === undefined) read = {inode: ino, at: size, rest: ''}
      else {
        if (read.inode !== ino) {
          const rotated = await siblingWith(file, read.inode)
          if (rotated !== undefined) await readOn(rotated, read)
          read = {inode: ino, at: 0, rest: ''}
        }
        await readOn(file, read)
      }
      return {byAddress: new Map(byAddress), unserved}
    },
  }
}

/** The file that was this log before it was rotated, still unpacked beside it. */
async function siblingWith(file: string, inode: number): Promise<string | undefined> {
  const directory = dirname(file)
  for (const name of await readdir(directory)) {
    if (!name.startsWith(basename(file))) continue
    const found = await stat(join(directory, name)).catch(() => undefined)
    if (found?.ino === inode) return join(directory, name)
  }
  return undefined
}

function withAnswer({responses, errors, refused}: ServerCounts, status: number): ServerCounts {
  return {
    responses: responses + 1,
    errors: errors + (status >= 500 || status === 0 ? 1 : 0),
    refused: refused + (status >= 400 && status < 500 ? 1 : 0),
  }
}

interface Answer {
  readonly status: number
  /** Each server that was tried, in order; status 0: it gave no answer. */
  readonly servers: readonly {readonly address: string; readonly status: number}[]
}

/** One line of the log; undefined when it is none of this format. */
export function parseAnswer(line: string): Answer | undefined {
  const fields = fieldsOf(line)
  const addresses = parts(fields?.['upstream_addr'])
  const statuses = parts(fields?.['upstream_status'])
  const status = Number(fields?.['status'])
  if (fields === undefined || !Number.isInteger(status)) return undefined
  // With no server left nginx writes the name of the block in place of an address.
  const servers = addresses.filter(address => /^unix:|:\d+$/.test(address))
  return {status, servers: servers.map((address, at) => ({address, status: Number(statuses[at]) || 0}))}
}

function fieldsOf(line: string): Readonly<Record<string, unknown>> | undefined {
  if (!line.startsWith('{')) return undefined
  try {
    return JSON.parse(line) as Readonly<Record<string, unknown>>
  } catch {
    return undefined
  }
}

/** `10.0.0.1:80, 10.0.0.2:80`: tried one after the other; a colon stands between after an internal redirect. */
const parts = (value: unknown): readonly string[] =>
  typeof value === 'string' ? value.split(/, | : /).filter(part => part !== '' && part !== '-') : []
