import {statusFault} from '../connections/answer-fault.ts'
import {messageOf} from '../errors.ts'
import {escapeLine} from '../text/escape.ts'
import {type Request, urlOf} from './request.ts'

/** Where an instance says whether it can take traffic, when nothing else is known. */
const USUAL_PATH = '/health/ready'

/**
 * The one judgement whether an instance can take traffic: its health path, past the load balancer, answers 200 itself (no
 * redirect is followed: what it leads to is not the instance). Never rejects, but for the caller's abort.
 */
export async function instanceHealth(
  instance: {readonly url: string; readonly health?: string},
  ask: {readonly request: Request; readonly timeoutMs: number; readonly signal: AbortSignal},
): Promise<{readonly ok: boolean; readonly reason: string}> {
  const path = instance.health ?? USUAL_PATH
  try {
    const {status} = await ask.request(urlOf(instance.url, path), ask)
    const fault = statusFault(status, 200)
    return {ok: fault === undefined, reason: fault === undefined ? 'answers' : `${path} ${fault}`}
  } catch (cause) {
    ask.signal.throwIfAborted()
    return {ok: false, reason: `does not answer: ${wordsOf(cause)}`}
  }
}

/** Facts are compared between plan and run: the reason must say the same when nothing changed, so no ports or times. */
function wordsOf(cause: unknown): string {
  const code = (cause as {code?: unknown} | undefined)?.code
  return typeof code === 'string' ? code : escapeLine(messageOf(cause), 200)
}
