import {defineDriver} from '../../../kinds/define-driver.ts'
import {commandTrafficSchema} from './schema.ts'

export const commandTraffic = defineDriver({
  type: 'command',
  schema: commandTrafficSchema,
  load: async () => (await import('./command.ts')).openCommandTraffic,
  paths: (spec, places) => ({...spec, state: places.program(spec.state), move: places.program(spec.move)}),
  check: ({move, weights}) => {
    const oneByOne = move.some(word => word.includes('{server}'))
    if (!weights || !oneByOne || move.some(word => word.includes('{weight}'))) return []
    return [{path: ['move'], message: () => 'should have {weight}: weights is true'}]
  },
  example: {
    spec: {
      type: 'command',
      state: ['./traffic-state'],
      move: ['./move-traffic', '{server}', '{to}', '{weight}'],
      drain: false,
      weights: true,
      counts: false,
      timeout: '1m',
    },
  },
})
