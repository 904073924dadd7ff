import {defineDriver} from '../../../kinds/define-driver.ts'
import {emailChannelSchema} from './schema.ts'

export const emailChannel = defineDriver({
  type: 'email',
  schema: emailChannelSchema,
  load: async () => (await import('./channel.ts')).openEmailChannel,
  paths: (spec, places) => (spec.ca === undefined ? spec : {...spec, ca: places.file(spec.ca)}),
  check({user, password, security}) {
    if (password !== undefined && user === undefined) return [{path: ['password'], message: () => 'needs a user'}]
    return user !== undefined && security === 'none'
      ? [{path: ['security'], message: () => 'should be starttls or tls: the password would be readable on the way'}]
      : []
  },
  address: ({host, port}) => `${host}:${port}`,
  example: {
    spec: {
      type: 'email',
      name: 'mail',
      host: 'smtp.example.com',
      port: 587,
      security: 'starttls',
      ca: '/etc/ssl/example-ca.pem',
      user: 'opsconsole',
      password: {env: 'SMTP_PASSWORD'},
      from: 'opsconsole@example.com',
      to: ['ops@example.com'],
      severities: ['critical', 'warning'],
      rateLimit: 30,
      fallback: 'log',
      timeout: '15s',
    },
  },
})
