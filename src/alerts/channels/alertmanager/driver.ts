import {defineDriver} from '../../../kinds/define-driver.ts'
import {webhookAddress} from '../webhook-address.ts'
import {alertmanagerChannelSchema} from './schema.ts'

export const alertmanagerChannel = defineDriver({
  type: 'alertmanager',
  schema: alertmanagerChannelSchema,
  load: async () => (await import('./channel.ts')).openAlertmanagerChannel,
  address: ({url}) => webhookAddress(url),
  example: {
    spec: {
      type: 'alertmanager',
      name: 'alertmanager',
      url: 'http://alertmanager.example.com:9093',
      token: {env: 'ALERTMANAGER_TOKEN'},
      endsAfter: '7d',
      generatorURL: 'https://wiki.example.com/opsconsole',
      severities: ['critical', 'warning', 'info'],
      rateLimit: 30,
      fallback: 'log',
      timeout: '5s',
    },
  },
})
