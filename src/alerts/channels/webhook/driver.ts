import {webhookAddress} from '../webhook-address.ts'
import {defineDriver} from '../../../kinds/define-driver.ts'
import {checkScheme} from '../../../kinds/issue.ts'
import {webhookChannelSchema} from './schema.ts'
import {templateProblem} from './template.ts'

export const webhookChannel = defineDriver({
  type: 'webhook',
  schema: webhookChannelSchema,
  load: async () => (await import('./channel.ts')).openWebhookChannel,
  check({url, text}) {
    const problem = text === undefined ? undefined : templateProblem(text)
    const wrong = problem === undefined ? [] : [{path: ['text'], message: () => problem}]
    return [...checkScheme(['url'], url, ['https', 'http']), ...wrong]
  },
  address: ({url}) => webhookAddress(url),
  example: {
    spec: {
      type: 'webhook',
      name: 'on-call',
      url: {env: 'ON_CALL_WEBHOOK_URL'},
      text: '{state} {severity}: {target}: {reason}',
      token: {env: 'HOOK_TOKEN'},
      severities: ['critical'],
      rateLimit: 30,
      fallback: 'log',
      timeout: '5s',
    },
  },
})
