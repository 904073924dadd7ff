import {setTimeout as sleep} from 'node:timers/promises'
import {formatDuration} from '../../../units/duration.ts'
import type {Channel, ChannelTools} from '../channel.ts'
import {judgeChatAnswer, retryAfterMs} from './answer.ts'
import {slackMessage} from './slack.ts'
import type {ChatChannelSpec} from './schema.ts'
import {teamsMessage} from './teams.ts'

const MESSAGES = {slack: slackMessage, teams: teamsMessage} as const

/**
 * A POST to an incoming webhook. A receiver that asks for a pause gets it: a short one is waited for within the deadline,
 * during a longer one nothing is sent, however often it is tried.
 */
export function openChatChannel(config: ChatChannelSpec, tools: ChannelTools): Channel {
  let pausedUntil = 0
  return {
    name: config.name,
    severities: config.severities,
    timeoutMs: config.timeout,
    async deliver(notification, signal) {
      const body = JSON.stringify(MESSAGES[config.format](notification))
      const deadline = performance.now() + config.timeout
      for (;;) {
        const wait = pausedUntil - performance.now()
        if (wait > 0 && performance.now() + wait >= deadline)
          throw new Error(`the receiver accepts no more messages for ${formatDuration(wait)}`)
        if (wait > 0) await sleep(wait, undefined, {signal})
        const response = await post(await webhookUrl(config, tools), body, tools, signal)
        if (response.status !== 429) return await judgeChatAnswer(response, config.format)
        await response.body?.cancel()
        pausedUntil = performance.now() + retryAfterMs(response.headers.get('retry-after'), Date.now())
      }
    },
  }
}

/** Redirects are not followed: they would take the message to somebody else. */
const post = (url: string, body: string, tools: ChannelTools, signal: AbortSignal): Promise<Response> =>
  tools.fetch(url, {
    method: 'POST',
    redirect: 'manual',
    signal,
    headers: {'content-type': 'application/json; charset=utf-8', 'user-agent': 'opsconsole'},
    body,
  })

/** Read at each delivery, for it may be rotated. The errors of `fetch` quote a URL that is none: this one is not shown. */
async function webhookUrl(config: ChatChannelSpec, tools: ChannelTools): Promise<string> {
  const url = (await tools.secret(config.url)).trim()
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol))
    throw new Error('the secret url is not an http or https URL')
  return url
}
