import {closeSync, constants, fstatSync, openSync, readSync, statSync} from 'node:fs'
import {open} from 'node:fs/promises'

/** More than any configuration, certificate or runbook has. */
const MOST_BYTES = 16 << 20
const CHUNK = 64 << 10
const {O_NONBLOCK, O_RDONLY} = constants

/**
 * A file that a person named or that stands where one is looked for, whole, links followed. What is no file (a pipe, a device)
 * is not waited for, and what has no end, or more than `most` bytes, does not fill the memory: both raise.
 */
export function readBounded(file: string, most = MOST_BYTES): Buffer {
  const descriptor = openRegular(file)
  try {
    if (fstatSync(descriptor).size > most) throw tooLarge(most)
    const parts: Buffer[] = []
    for (let size = 0; ; ) {
      const part = Buffer.allocUnsafe(CHUNK)
      const read = readSync(descriptor, part, 0, CHUNK, null)
      if (read === 0) return Buffer.concat(parts)
      parts.push(part.subarray(0, read))
      if ((size += read) > most) throw tooLarge(most)
    }
  } finally {
    closeSync(descriptor)
  }
}

/** Opens it for reading: a file, or it fails at once. With `O_NOFOLLOW` no link to one either. */
export function openRegular(file: string, flags = 0): number {
  const descriptor = openSync(file, O_RDONLY | O_NONBLOCK | flags)
  if (fstatSync(descriptor).isFile()) return descriptor
  closeSync(descriptor)
  throw noFile()
}

export const readBoundedText = (file: string, most?: number): string => readBounded(file, most).toString('utf8')

/** Likewise, on a disk that may be slow. */
export async function readBoundedSoon(file: string, most = MOST_BYTES): Promise<Buffer> {
  const handle = await open(file, O_RDONLY | O_NONBLOCK)
  try {
    const found = await handle.stat()
    if (!found.isFile()) throw noFile()
    if (found.size > most) throw tooLarge(most)
    const parts: Buffer[] = []
    for (let size = 0; ; ) {
      const {bytesRead, buffer} = await handle.read(Buffer.allocUnsafe(CHUNK), 0, CHUNK, null)
      if (bytesRead === 0) return Buffer.concat(parts)
      parts.push(buffer.subarray(0, bytesRead))
      if ((size += bytesRead) > most) throw tooLarge(most)
    }
  } finally {
    await handle.close()
  }
}

/** Raises for what somebody else is about to read, such as Node a module. */
export function requireBounded(file: string, most = MOST_BYTES): void {
  const found = statSync(file)
  const {message} = !found.isFile() ? noFile() : found.size > most ? tooLarge(most) : {message: undefined}
  if (message !== undefined) throw new Error(`${file} cannot be read: ${message}`)
}

/** As errors of the system say it: it went wrong here, whatever was asked for by it. */
const fault = (message: string): Error => Object.assign(new Error(message), {syscall: 'open'})
const noFile = (): Error => fault('it is not a regular file')
const tooLarge = (most: number): Error =>
  fault(`it is larger than ${most >= 1 << 20 ? `${most >> 20} MB` : `${most >> 10} KB`}`)
