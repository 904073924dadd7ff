import {defineDriver} from '../../../kinds/define-driver.ts'
import {webhookAddress} from '../webhook-address.ts'
import {ntfyChannelSchema} from './schema.ts'

export const ntfyChannel = defineDriver({
  type: 'ntfy',
  schema: ntfyChannelSchema,
  load: async () => (await import('./channel.ts')).openNtfyChannel,
  address: ({url}) => webhookAddress(url),
  example: {
    spec: {
      type: 'ntfy',
      name: 'phones',
      url: 'https://ntfy.sh',
      topic: {env: 'NTFY_TOPIC'},
      token: {env: 'NTFY_TOKEN'},
      severities: ['critical'],
      rateLimit: 30,
      fallback: 'log',
      timeout: '5s',
    },
  },
})
