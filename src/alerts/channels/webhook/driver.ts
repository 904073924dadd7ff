import {safeAddress} from '../../../connections/address.ts'
import {defineDriver} from '../../../kinds/define-driver.ts'
import {openWebhookChannel} from './channel.ts'
import {webhookChannelSchema} from './schema.ts'

export const webhookChannel = defineDriver({
  type: 'webhook',
  schema: webhookChannelSchema,
  open: openWebhookChannel,
  address: ({url}) => safeAddress(url),
  example: {
    spec: {
      type: 'webhook',
      name: 'on-call',
      url: 'https://hooks.example.com/opsconsole',
      token: {env: 'HOOK_TOKEN'},
      severities: ['critical'],
      fallback: 'log',
      timeout: '5s',
    },
  },
})
