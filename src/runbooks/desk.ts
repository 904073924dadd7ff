import type {Inbox, InboxRequest} from './ports.ts'

type AnswerRequest = Extract<InboxRequest, {kind: 'answer'}>

/** Takes what other processes ask of a run: hands aborts on at once and keeps answers for whoever waits for them. */
export interface Desk {
  /** The next answer to a prompt that `accepts` takes; answers to other prompts are late or wrong and are dropped. */
  answerTo(prompt: string, accepts: (answer: string) => boolean, signal: AbortSignal): Promise<AnswerRequest>
  close(): Promise<void>
}

export function openDesk(inbox: Inbox, onAbort: (request: Extract<InboxRequest, {kind: 'abort'}>) => void): Desk {
  const closing = new AbortController()
  let waiter:
    | {
        readonly prompt: string
        readonly accepts: (answer: string) => boolean
        readonly take: (request: AnswerRequest) => void
      }
    | undefined

  const handle = (request: InboxRequest): void => {
    if (request.kind === 'abort') return onAbort(request)
    if (waiter?.prompt === request.prompt && waiter.accepts(request.answer)) waiter.take(request)
  }
  const attend = async (): Promise<void> => {
    while (!closing.signal.aborted) {
      for (const request of inbox.take()) handle(request)
      await inbox.changed(closing.signal).catch(() => {})
    }
  }
  const attending = attend()
  return {
    answerTo: (prompt, accepts, signal) =>
      new Promise((resolve, reject) => {
        const stop = (): void => {
          waiter = undefined
          reject(signal.reason as Error)
        }
        if (signal.aborted) return stop()
        signal.addEventListener('abort', stop, {once: true})
        waiter = {
          prompt,
          accepts,
          take: request => {
            waiter = undefined
            signal.removeEventListener('abort', stop)
            resolve(request)
          },
        }
      }),
    close: async () => {
      closing.abort(new Error('closed'))
      await attending
    },
  }
}
