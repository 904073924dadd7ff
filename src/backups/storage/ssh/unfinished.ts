import {randomBytes} from 'node:crypto'
import type {Readable, Writable} from 'node:stream'
import type {UnfinishedFile} from '../storage.ts'
import {lateAnswer, storageFailure, strangeAnswer} from './failure.ts'
import {askRemote, type Remote, startSession} from './remote.ts'
import {END, PARTIAL, READY, removeScript, renameScript, writeScript} from './scripts.ts'

const CLEAN_UP_MS = 30_000

export const partialOf = (name: string): string => `${name}.${randomBytes(4).toString('hex')}${PARTIAL}`

export const beginRemote = (remote: Remote, name: string, signal?: AbortSignal): Promise<UnfinishedFile> => {
  const partial = partialOf(name)
  return writeRemote(remote, {name, partial, script: writeScript(remote.directory, partial), signal})
}

export interface RemoteWriting {
  readonly name: string
  readonly partial: string
  /** Answers as `writeScript` does. */
  readonly script: string
  readonly signal: AbortSignal | undefined
  /** Bytes that are there before. */
  readonly there?: number
  /** Called when everything is on the disk; raises when it may not have its name. */
  readonly verify?: () => Promise<void>
}

/**
 * The bytes go through one ssh into `NAME.RANDOM.partial`. A connection that is cut looks to the program over there like
 * the end of the file: so it is another ssh that gives the name, after this one ended well and the number of bytes is right.
 */
export async function writeRemote(remote: Remote, writing: RemoteWriting): Promise<UnfinishedFile> {
  const {name, partial, script, signal: given, there = 0, verify} = writing
  const own = new AbortController()
  const signal = given === undefined ? own.signal : AbortSignal.any([given, own.signal])
  const session = startSession(remote, script, {stdin: 'pipe', signal})
  const {tool} = session
  const answer = readLines(tool.stdout)
  // It lives as long as the ssh: how that ends is what every wait here ends with.
  const ended = tool.ended.then(() => {
    throw new Error('the host ended it before all was written')
  })
  ended.catch(() => undefined)
  const orEnded = async <T>(work: Promise<T>): Promise<T> => {
    try {
      return await Promise.race([work, ended])
    } catch (cause) {
      // What it said is complete when it is gone.
      await tool.ended.catch(() => undefined)
      throw session.failure(cause)
    }
  }
  let written = there
  const late = setTimeout(() => own.abort(lateAnswer(remote)), remote.answerMs)
  const first = await orEnded(answer.next()).finally(() => clearTimeout(late))
  const removePartial = async (): Promise<void> => {
    // Not the signal of the caller: cleaning up must also work after an abort.
    await askRemote(remote, removeScript(remote.directory, [partial]), AbortSignal.timeout(CLEAN_UP_MS)).catch(
      () => undefined,
    )
  }
  if (first !== READY) {
    await tool.stop()
    // A shell that prints for itself may have begun it all the same.
    if (there === 0) await removePartial()
    if (first !== undefined && first !== '' && session.silent()) throw strangeAnswer(remote.address, first)
    throw session.failure(await tool.ended.then(() => new Error('the host did not answer as expected'), asIs))
  }
  return {
    async write(bytes) {
      written += bytes.length
      await orEnded(taken(tool.stdin, bytes))
    },
    async commit() {
      tool.stdin?.end()
      const [stored] = await Promise.all([answer.next(), tool.ended]).catch((cause: unknown) => {
        throw session.failure(cause)
      })
      if (Number(stored) !== written)
        throw storageFailure(remote.address, `${stored ?? 'no'} of ${written} bytes of ${name} arrived`)
      await verify?.()
      const said = await askRemote(
        remote,
        renameScript(remote.directory, {partial, name, alone: verify !== undefined}),
        given,
      )
      if (said.toString().trim() !== END)
        throw storageFailure(remote.address, `it is not known whether ${name} was stored`)
    },
    async leave() {
      own.abort()
      await tool.stop()
    },
    async abort() {
      own.abort()
      await tool.stop()
      await removePartial()
    },
  }
}

const asIs = (cause: unknown): unknown => cause

/** Resolves when the process has these bytes; never when it is gone, which it tells itself. */
function taken(input: Writable | undefined, bytes: Uint8Array): Promise<void> {
  return new Promise(resolve => {
    input?.write(bytes, error => {
      if (error === undefined || error === null) resolve()
    })
  })
}

/** Lines of a stream, one by one; undefined after the last. */
function readLines(stream: Readable | undefined): {next(): Promise<string | undefined>} {
  const pieces = stream?.setEncoding('utf8')[Symbol.asyncIterator]() as AsyncIterator<string> | undefined
  let held = ''
  return {
    async next() {
      for (;;) {
        const end = held.indexOf('\n')
        if (end >= 0) {
          const line = held.slice(0, end)
          held = held.slice(end + 1)
          return line.trim()
        }
        const piece = await pieces?.next()
        if (piece === undefined || piece.done === true) return undefined
        held += piece.value
      }
    },
  }
}
