import {defineDriver} from '../../../kinds/define-driver.ts'
import {hasShares, isOneByOne} from './move-form.ts'
import {commandTrafficSchema} from './schema.ts'

export const commandTraffic = defineDriver({
  type: 'command',
  schema: commandTrafficSchema,
  load: async () => (await import('./command.ts')).openCommandTraffic,
  paths: (spec, places) => ({...spec, state: places.program(spec.state), move: places.program(spec.move)}),
  check: ({move, weights, drain, read}) => [
    ...(weights && isOneByOne(move) && !hasShares(move) && !move.some(word => word.includes('{weight}'))
      ? [{path: ['move'], message: () => 'should have {weight}: weights is true'}]
      : []),
    ...(hasShares(move) && !weights
      ? [{path: ['weights'], message: () => 'should be true: move gives each its {weight:NAME}'}]
      : []),
    ...(drain && read !== undefined && read.sessions === undefined
      ? [{path: ['read'], message: () => 'should have sessions: drain is true'}]
      : []),
  ],
  example: {
    spec: {
      type: 'command',
      state: ['./traffic-state'],
      move: ['./move-traffic', '{to}', '{id}', '--weight', '{weight}'],
      read: {
        servers: 'items',
        name: 'id',
        placement: {at: 'state', serving: ['live'], draining: ['leaving'], off: ['none', 'parked']},
        unlisted: 'off',
        weight: 'weight',
        healthy: {at: 'health.status', yes: ['passing']},
        detail: 'health.output',
        sessions: 'in_flight',
        responses: 'counts.all',
        errors: 'counts.5xx',
        refused: 'counts.4xx',
      },
      ids: {blue1: '3287d2a4', green1: '9185c0f1'},
      words: {serving: ['add'], draining: ['drain'], off: ['remove', '--force']},
      already: ['already added'],
      again: ['rate limit'],
      settle: '30s',
      notUndone: ['what the platform keeps at its edge'],
      env: {PLATFORM_TOKEN: {env: 'PLATFORM_TOKEN'}},
      drain: false,
      weights: true,
      counts: false,
      timeout: '1m',
    },
  },
})
