import {defineDriver} from '../../../kinds/define-driver.ts'
import {checkScheme} from '../../../kinds/issue.ts'
import {webhookAddress} from '../webhook-address.ts'
import {chatChannelSchema} from './schema.ts'

export const chatChannel = defineDriver({
  type: 'chat',
  schema: chatChannelSchema,
  load: async () => (await import('./channel.ts')).openChatChannel,
  check: ({url}) => checkScheme(['url'], url, ['https', 'http']),
  address: ({url}) => webhookAddress(url),
  example: {
    spec: {
      type: 'chat',
      name: 'ops-room',
      format: 'slack',
      url: {env: 'CHAT_WEBHOOK_URL'},
      severities: ['critical', 'warning'],
      rateLimit: 30,
      fallback: 'log',
      timeout: '5s',
    },
  },
})
