import {defineDriver} from '../../../kinds/define-driver.ts'
import {webhookAddress} from '../webhook-address.ts'
import {pagerdutyChannelSchema} from './schema.ts'

export const pagerdutyChannel = defineDriver({
  type: 'pagerduty',
  schema: pagerdutyChannelSchema,
  load: async () => (await import('./channel.ts')).openPagerdutyChannel,
  address: ({url}) => webhookAddress(url),
  example: {
    spec: {
      type: 'pagerduty',
      name: 'pagerduty',
      routingKey: {env: 'PAGERDUTY_ROUTING_KEY'},
      url: 'https://events.pagerduty.com/v2/enqueue',
      severities: ['critical'],
      rateLimit: 30,
      fallback: 'log',
      timeout: '10s',
    },
  },
})
