import type {Inbox, InboxRequest} from './ports.ts'

export type AnswerRequest = Extract<InboxRequest, {kind: 'answer'}>

/** Takes what other processes ask of a run: hands aborts and decisions on at once and keeps answers for whoever waits for them. */
export interface AnswerQueue {
  /** The next answer to a prompt that `accepts` takes; answers to other prompts are late or wrong and are dropped. */
  answerTo(prompt: string, accepts: (request: AnswerRequest) => boolean, signal: AbortSignal): Promise<AnswerRequest>
  close(): Promise<void>
}

export function openAnswerQueue(
  inbox: Inbox,
  onAbort: (request: Extract<InboxRequest, {kind: 'abort'}>) => void,
  onDecision: (request: Extract<InboxRequest, {kind: 'decision'}>) => void = () => {},
): AnswerQueue {
  const closing = new AbortController()
  let waiter:
    | {
        readonly prompt: string
        readonly accepts: (request: AnswerRequest) => boolean
        readonly take: (request: AnswerRequest) => void
      }
    | undefined
  /** Answers that came before anybody waited: a run that is taken up again finds its approval here. */
  let early: AnswerRequest[] = []

  const handle = (request: InboxRequest): void => {
    if (request.kind === 'abort') return onAbort(request)
    if (request.kind === 'decision') return onDecision(request)
    if (!waiter) early = [...early.slice(-20), request]
    else if (waiter.prompt === request.prompt && waiter.accepts(request)) waiter.take(request)
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
        const known = early.find(request => request.prompt === prompt && accepts(request))
        early = []
        if (known) return resolve(known)
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
