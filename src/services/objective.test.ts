import {expect, test} from 'vitest'
import {serviceSchema} from './config.ts'
import {serviceKind} from './kind.ts'
import {objectiveOf} from './objective.ts'

const service = (more: Record<string, unknown>) =>
  serviceSchema.parse({name: 'web', probe: {type: 'tcp', host: 'h', port: 1}, ...more})
const DAY_MS = 86_400_000

test('an objective is 99.9 % answered over thirty days, unless it says otherwise', () => {
  expect(objectiveOf(service({}))).toBeUndefined()
  expect(objectiveOf(service({objective: {}}))).toEqual({
    availability: 0.999,
    latency: undefined,
    periodMs: 30 * DAY_MS,
    minimumEvents: 5,
  })
})

test('a latency objective without a limit takes that of degradedAbove, and needs one of them', () => {
  const latency = {objective: {latency: {}}}
  expect(objectiveOf(service({...latency, degradedAbove: '200ms'}))?.latency).toEqual({belowMs: 200, share: 0.95})
  const neighbours = {names: () => new Set<string>()}
  const issues = serviceKind.check?.({...service(latency), environment: 'e'}, neighbours) ?? []
  expect(issues.map(({path}) => path)).toEqual([['objective', 'latency']])
})

test.each([[{availability: '100%'}], [{availability: 0}], [{period: '91d'}], [{period: '1h'}], [{minimumEvents: 0}]])(
  '%o is refused',
  objective => {
    expect(serviceSchema.safeParse({name: 'web', probe: {type: 'tcp', host: 'h', port: 1}, objective}).success).toBe(
      false,
    )
  },
)
