import {randomUUID} from 'node:crypto'
import {lstatSync, readdirSync, readFileSync, rmSync, watch} from 'node:fs'
import path from 'node:path'
import type {Inbox, InboxRequest} from '../../runbooks/ports.ts'
import {writeWhole} from './directory.ts'

/** Requests to a run are files that appear whole; the run's process takes them away when it has read them. */
export function openInbox(directory: string): Inbox & {close(): void} {
  let wake: (() => void) | undefined
  const watcher = watchQuietly(directory, () => wake?.())
  return {
    take: () => {
      const names = readdirSync(directory)
        .filter(name => name.endsWith('.json'))
        .sort()
      return names.flatMap(name => {
        const file = path.join(directory, name)
        const request = readInboxRequest(file)
        rmSync(file, {force: true})
        return request ?? []
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
    JSON.stringify(request),
  )
}

/** The uid that wrote the file must be the uid the request claims: nobody answers in another account's name. */
function readInboxRequest(file: string): InboxRequest | undefined {
  try {
    const request = JSON.parse(readFileSync(file, 'utf8')) as InboxRequest
    const {uid} = lstatSync(file)
    return (request.kind === 'answer' || request.kind === 'abort') && request.by.uid === uid ? request : undefined
  } catch {
    return undefined
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
