import {environments, switchEnvironment} from '../overlays/environments.ts'
import {unchanged} from '../state/ui.ts'
import {defineAction} from './action.ts'

export const environment = defineAction({
  id: 'environment',
  keys: ['e'],
  label: 'environment',
  description: 'Switch to another environment',
  where: ['overview', 'list', 'details'],
  footer: 12,
  visible: state => state.world.snapshot.environments.length > 1,
  act: (state, at) => unchanged(environments.open(state, undefined, at)),
  command: {
    name: 'env',
    description: 'env NAME: switch to this environment',
    offers: state =>
      state.world.snapshot.environments.map(name => ({
        text: `env ${name}`,
        description: 'switch to this environment',
      })),
    run: switchEnvironment,
  },
})
