import {randomUUID} from 'node:crypto'
import {closeSync, constants, fstatSync, openSync, readdirSync, readFileSync, rmSync, watch} from 'node:fs'
import path from 'node:path'
import {OpsError, messageOf} from '../../errors.ts'
import {modesIn} from '../../files/modes.ts'
import {attest} from '../../identity/attest.ts'
import type {Inbox, InboxRequest} from '../../runbooks/ports.ts'
import {writeWhole} from './directory.ts'

/**
 * Requests to a run are files that appear whole; the run's process takes them away when it has read them. One that is
 * not what it claims to be is told to `refused` and dropped.
 */
export function openInbox(directory: string, refused: (why: string) => void = () => {}): Inbox & {close(): void} {
  let wake: (() => void) | undefined
  const watcher = watchQuietly(directory, () => wake?.())
  /** What somebody put here that cannot be taken away. */
  const ignored = new Set<string>()
  const removeOrIgnore = (file: string): void => {
    try {
      rmSync(file, {force: true, recursive: true})
    } catch {
      ignored.add(path.basename(file))
    }
  }
  return {
    take: () => {
      const names = readdirSync(directory)
        .filter(name => name.endsWith('.json') && !ignored.has(name))
        .sort()
      return names.flatMap(name => {
        const file = path.join(directory, name)
        try {
          return readRequestFile(file)
        } catch (error) {
          refused(messageOf(error))
          return []
        } finally {
          removeOrIgnore(file)
        }
      })
    },
    changed: signal =>
      new Promise(resolve => {
        const timer = setTimeout(done, 250)
        function done(): void {
          clearTimeout(timer)
          signal.removeEventListener('abort', done)
          wake = undefined
          resolve()
        }
        if (signal.aborted) return done()
        wake = done
        signal.addEventListener('abort', done, {once: true})
      }),
    close: () => watcher?.close(),
  }
}

/** Leaves a request for a run. Durable when it returns. */
export function leaveRequest(directory: string, request: InboxRequest): void {
  writeWhole(
    path.join(directory, `${String(Date.now()).padStart(14, '0')}-${randomUUID()}.json`),
    JSON.stringify({...request, run: runOf(directory)}),
    // Of all files in a shared directory these are their writer's alone: the owner says who wrote it.
    modesIn(directory).shared ? 0o640 : 0o600,
  )
}

const LARGEST_REQUEST = 1 << 20

/** `runs/RUN/inbox` */
const runOf = (inbox: string): string => path.basename(path.dirname(inbox))

/**
 * Who wrote it is what the kernel says of the open file: its owner, while nobody else could have written into it. A
 * request moved here from another run is not for this one.
 */
function readRequestFile(file: string): InboxRequest {
  const name = path.basename(file)
  const refuse = (why: string): OpsError => new OpsError('run/refused', `the request ${name} ${why}`)
  const descriptor = openSync(file, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
  try {
    const {uid, mode, nlink, size} = fstatSync(descriptor)
    if (size > LARGEST_REQUEST) throw refuse(`of uid ${uid} is too long`)
    if ((mode & constants.S_IFMT) !== constants.S_IFREG || nlink > 1) throw refuse('is not a file of its own')
    if ((mode & 0o022) !== 0) throw refuse(`of uid ${uid} can be written by others`)
    const {run, ...request} = JSON.parse(readFileSync(descriptor, 'utf8')) as InboxRequest & {readonly run?: string}
    if (!['answer', 'abort', 'decision'].includes(request.kind)) throw refuse('asks for nothing known')
    if (run !== runOf(path.dirname(file))) throw refuse(`of uid ${uid} was made for another run`)
    const by = attest(request.by, uid)
    if (!by) throw refuse(`was written by uid ${uid} and claims uid ${request.by.uid}`)
    return {...request, by}
  } finally {
    closeSync(descriptor)
  }
}

/** Watching only makes it quicker: where it is not to be had, the run looks four times a second. */
function watchQuietly(directory: string, changed: () => void): {close(): void} | undefined {
  try {
    const watcher = watch(directory, changed)
    watcher.on('error', () => {})
    watcher.unref()
    return watcher
  } catch {
    return undefined
  }
}
