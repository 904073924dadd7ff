import type {Channel, ChannelTools} from '../channel.ts'
import type {WebhookChannelSpec} from './schema.ts'

/** A POST with the notification as JSON. Any 2xx is delivered; redirects are not followed, the token stays here. */
export function openWebhookChannel(config: WebhookChannelSpec, tools: ChannelTools): Channel {
  return {
    name: config.name,
    severities: config.severities,
    timeoutMs: config.timeout,
    async deliver(notification, signal) {
      const token = config.token === undefined ? undefined : await tools.secret(config.token)
      const response = await tools.fetch(config.url, {
        method: 'POST',
        redirect: 'manual',
        signal,
        headers: {
          'content-type': 'application/json',
          'user-agent': 'opsconsole',
          ...(token === undefined ? {} : {authorization: `Bearer ${token}`}),
        },
        body: JSON.stringify(notification),
      })
      await response.body?.cancel()
      if (!response.ok) throw new Error(`the receiver answered ${response.status}`)
    },
  }
}
