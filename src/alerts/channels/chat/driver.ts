import {addressOfRef} from '../../../connections/address.ts'
import {defineDriver} from '../../../kinds/define-driver.ts'
import {checkScheme} from '../../../kinds/issue.ts'
import {escapeLine} from '../../../text/escape.ts'
import {openChatChannel} from './channel.ts'
import {chatChannelSchema} from './schema.ts'

export const chatChannel = defineDriver({
  type: 'chat',
  schema: chatChannelSchema,
  open: openChatChannel,
  check: ({url}) => checkScheme(['url'], url, ['https', 'http']),
  // The path is the password.
  address: ({url}) =>
    typeof url === 'string' && URL.canParse(url) ? escapeLine(new URL(url).host, 200) : addressOfRef(url),
  example: {
    spec: {
      type: 'chat',
      name: 'ops-room',
      format: 'slack',
      url: {env: 'CHAT_WEBHOOK_URL'},
      severities: ['critical', 'warning'],
      fallback: 'log',
      timeout: '5s',
    },
  },
})
