import {createHash} from 'node:crypto'
import {promisify} from 'node:util'
import zlib from 'node:zlib'
import {OpsError} from '../../../errors.ts'
import {startTool} from '../../../processes/tool.ts'

const MAX_BYTES = 1024 * 1024 * 1024

/** The stored bytes of a file of the repository; pgBackRest decrypts and does not decompress. */
export async function readStored(argv: readonly string[], signal: AbortSignal): Promise<Buffer> {
  const tool = startTool(argv, {stdin: 'none', stdout: 'pipe', signal})
  const parts: Uint8Array[] = []
  for await (const part of tool.stdout ?? []) parts.push(part as Uint8Array)
  await tool.ended
  return Buffer.concat(parts)
}

/** Raises `backup/damaged` unless the bytes are those whose checksum is in the name. */
export async function openSegment(file: string, stored: Uint8Array): Promise<Uint8Array> {
  const bytes = await decompress(file, stored)
  const expected = /-([0-9a-f]{40})(?:\.[a-z0-9]+)?$/.exec(file)?.[1]
  if (createHash('sha1').update(bytes).digest('hex') === expected) return bytes
  throw new OpsError('backup/damaged', `WAL segment ${file.slice(file.lastIndexOf('/') + 1, -41)} is altered`)
}

const OPENERS: Readonly<Record<string, (bytes: Uint8Array) => Promise<Uint8Array>>> = {
  zst: bytes => promisify(zlib.zstdDecompress)(bytes, {maxOutputLength: MAX_BYTES}),
  gz: bytes => promisify(zlib.gunzip)(bytes, {maxOutputLength: MAX_BYTES}),
}

async function decompress(file: string, stored: Uint8Array): Promise<Uint8Array> {
  const [, kind] = /-[0-9a-f]{40}\.([a-z0-9]+)$/.exec(file) ?? []
  if (kind === undefined) return stored
  const open = OPENERS[kind]
  if (open === undefined)
    throw new OpsError('backup/storage', `WAL that was compressed with ${kind} cannot be read here`, {
      hint: 'Use compress-type=zst or gz.',
    })
  try {
    return await open(stored)
  } catch (cause) {
    throw new OpsError(
      'backup/damaged',
      `WAL segment ${file.slice(file.lastIndexOf('/') + 1)} is altered: it does not decompress`,
      {cause},
    )
  }
}
