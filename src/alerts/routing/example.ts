import type {z} from 'zod'
import type {alertsSchema} from '../config.ts'
import type {routingFields} from './config.ts'

type Routing = Pick<z.input<typeof alertsSchema>, keyof ReturnType<typeof routingFields>>

/** Routing with every key there is, for the commented example of the configuration. */
export const ROUTING_EXAMPLE = {
  groupBy: ['environment', 'rule'],
  groupWait: '30s',
  inhibitions: [
    {
      while: {
        rules: ['down'],
        on: ['service/web'],
        environments: ['production'],
        severities: ['critical'],
        labels: {team: 'shop'},
      },
      hold: {
        rules: ['slow*'],
        on: ['service/*'],
        environments: ['production'],
        severities: ['warning', 'info'],
        labels: {team: 'shop'},
      },
      same: ['environment'],
    },
  ],
  maintenance: [
    {
      name: 'patching',
      rules: ['down', 'degraded', 'no data'],
      on: ['service/*', 'database/*'],
      environments: ['staging'],
      severities: ['critical', 'warning'],
      labels: {team: '*'},
      cron: '0 3 * * sun',
      zone: 'Europe/Berlin',
      for: '2h',
    },
  ],
  people: [
    {name: 'ann', channels: ['on-call']},
    {name: 'ben', channels: ['log']},
  ],
  onCall: [
    {
      name: 'shop',
      zone: 'Europe/Berlin',
      people: ['ann', 'ben'],
      start: '2026-01-05T09:00',
      every: '1w',
      overrides: [{person: 'ben', from: '2026-12-24T09:00', until: '2026-12-27T09:00'}],
    },
  ],
  escalations: [
    {
      name: 'outages',
      rules: ['*'],
      on: ['*'],
      environments: ['production'],
      severities: ['critical'],
      labels: {team: '*'},
      steps: [{to: ['shop']}, {after: '10m', to: ['ann', 'ben']}, {after: '30m', to: ['log']}],
    },
  ],
} satisfies Routing
