import {jsonRefusal, judgeAnswer} from '../answer.ts'
import type {Channel, ChannelTools} from '../channel.ts'
import {openReceiver} from '../receiver.ts'
import type {WebhookChannelSpec} from './schema.ts'
import {fillTemplate} from './template.ts'

/** A POST with the notification as JSON. A 2xx is delivered, unless the answer itself says that it was not taken. */
export function openWebhookChannel(config: WebhookChannelSpec, tools: ChannelTools): Channel {
  const receiver = openReceiver(config, tools)
  return {
    name: config.name,
    severities: config.severities,
    timeoutMs: config.timeout,
    async deliver(notification, signal) {
      const {token, text} = config
      const document = text === undefined ? notification : {...notification, text: fillTemplate(text, notification)}
      const {key} = notification
      const headers = {
        ...(key !== undefined && {'idempotency-key': key}),
        ...(token !== undefined && {authorization: `Bearer ${await tools.secret(token)}`}),
      }
      await judgeAnswer(await receiver.post(document, signal, headers), jsonRefusal)
    },
  }
}
