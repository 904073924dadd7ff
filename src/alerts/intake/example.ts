import type {z} from 'zod'
import type {intakeSchema} from './config.ts'

/** Every key there is, for the commented example of the configuration. */
export const INTAKE_EXAMPLE = [
  {name: 'falco', type: 'falco', token: {env: 'FALCO_TOKEN'}, severity: 'warning', resolveAfter: '1h'},
  {
    name: 'jobs',
    type: 'json',
    token: {file: '/etc/opsconsole/jobs.token'},
    environment: 'production',
    severity: 'info',
    rate: 300,
    mapping: {
      list: 'events',
      rule: 'job {job.name}',
      subject: '{job.host}',
      summary: '{message}',
      severity: '{level}',
      id: '{job.id}',
      state: '{status}',
      resolved: ['ok', 'recovered'],
    },
  },
] satisfies z.input<typeof intakeSchema>[]
