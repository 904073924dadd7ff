import type {z} from 'zod'
import type {autoSchema} from './config.ts'

/** A policy with every key there is, for the commented example of the configuration. */
export const AUTO_EXAMPLES: readonly z.input<typeof autoSchema>[] = [
  {
    name: 'restart-web',
    rules: ['down'],
    on: ['service/web'],
    environments: ['production'],
    severities: ['critical'],
    labels: {team: 'shop'},
    runbook: {name: 'restart', params: {release: '{name}'}},
    after: '1m',
    attempts: 2,
    budget: {runs: 3, within: '24h'},
    coolDown: '10m',
    atOnce: 1,
    mostTargets: 3,
    yes: true,
    confirm: ['production'],
  },
]
