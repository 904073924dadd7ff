import type {z} from 'zod'
import type {alertmanagerSchema} from './config.ts'

/** Every key there is, for the commented example of the configuration. */
export const ALERTMANAGER_EXAMPLE = {
  name: 'alertmanager',
  environment: 'production',
  url: 'http://alertmanager.example.com:9093',
  token: {env: 'ALERTMANAGER_TOKEN'},
  interval: '15s',
  timeout: '5s',
  acknowledgeFor: '12h',
} satisfies z.input<typeof alertmanagerSchema>
