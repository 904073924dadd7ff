import {setTimeout as sleep} from 'node:timers/promises'
import type {SecretRef} from '../../config/fields.ts'
import {formatDuration} from '../../units/duration.ts'
import {retryAfterMs} from './answer.ts'
import type {ChannelTools} from './channel.ts'

export interface Receiver {
  /** Posts a document and gives the answer, whatever it says. */
  post(document: unknown, signal: AbortSignal, headers?: Readonly<Record<string, string>>): Promise<Response>
}

/**
 * Somebody who takes JSON by POST. One that asks for a pause gets it: a short one is waited for within the deadline,
 * during a longer one nothing is sent, however often it is tried.
 */
export function openReceiver(
  config: {readonly url: SecretRef; readonly timeout: number},
  tools: ChannelTools,
): Receiver {
  let pausedUntil = 0
  return {
    async post(document, signal, headers = {}) {
      const deadline = performance.now() + config.timeout
      for (;;) {
        const wait = pausedUntil - performance.now()
        if (wait > 0 && performance.now() + wait >= deadline)
          throw new Error(`the receiver accepts no more messages for ${formatDuration(wait)}`)
        if (wait > 0) await sleep(wait, undefined, {signal})
        const response = await tools.fetch(await urlOf(config.url, tools), {
          method: 'POST',
          // Not followed: it would take the message, and the token, to somebody else.
          redirect: 'manual',
          signal,
          headers: {'content-type': 'application/json; charset=utf-8', 'user-agent': 'opsconsole', ...headers},
          body: JSON.stringify(document),
        })
        if (response.status !== 429) return response
        await response.body?.cancel()
        pausedUntil = performance.now() + retryAfterMs(response.headers.get('retry-after'), Date.now())
      }
    },
  }
}

/** Read at each delivery, for it may be rotated. The errors of `fetch` quote a URL that is none: this one is not shown. */
async function urlOf(ref: SecretRef, tools: ChannelTools): Promise<string> {
  const url = (await tools.secret(ref)).trim()
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol))
    throw new Error('the secret url is not an http or https URL')
  return url
}
