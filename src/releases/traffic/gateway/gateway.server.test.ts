import {afterAll, beforeAll, beforeEach, expect, test} from 'vitest'
import {type KubernetesContract, startKubernetes} from '../../../../test/servers/kubernetes.ts'
import {OpsError} from '../../../errors.ts'
import type {Exec} from '../../../processes/exec.ts'
import {execProgram} from '../../../processes/run.ts'
import type {Move} from '../traffic-driver.ts'
import {openGatewayTraffic} from './gateway.ts'
import {gatewayTrafficSchema} from './schema.ts'

/** The real kubectl against a contract server: see test/servers/kubernetes-routes.ts for what that shows and what it does not. */
let contract: KubernetesContract
beforeAll(async () => {
  contract = await startKubernetes({'web-blue': 'blue', 'web-green': 'green'}, 'blue')
}, 30_000)
afterAll(() => contract.stop())

type Json = {[key: string]: unknown}
const to = (name: string, weight?: number): Json => ({name, port: 80, ...(weight === undefined ? {} : {weight})})
const TWO_RULES = [
  {matches: [{path: {type: 'PathPrefix', value: '/api'}}], backendRefs: [to('blue'), to('green', 0)]},
  {
    filters: [{type: 'RequestHeaderModifier', requestHeaderModifier: {set: [{name: 'x-shop', value: '1'}]}}],
    backendRefs: [to('green', 0), to('blue', 100)],
  },
]
const apply = (rules: readonly Json[], name = 'web'): void =>
  contract.applyRoute(name, {
    parentRefs: [{name: 'public', namespace: 'infra'}],
    hostnames: ['shop.example.com'],
    rules,
  })
beforeEach(() => {
  contract.holdRoute('web', undefined)
  apply(TWO_RULES)
})

const signal = (): AbortSignal => AbortSignal.timeout(60_000)
const traffic = (more: Readonly<Record<string, unknown>> = {}, exec: Exec = execProgram) =>
  openGatewayTraffic(
    gatewayTrafficSchema.parse({
      type: 'gateway',
      kubectl: contract.kubectl(),
      namespace: 'shop',
      route: 'web',
      servers: {'web-blue': 'blue', 'web-green': 'green'},
      ...more,
    }),
    {exec},
  )
const words = async () =>
  [...(await traffic().state(signal())).servers.values()].map(
    ({name, placement, word}) => `${name} ${placement}: ${word}`,
  )
const weights = (): unknown =>
  (contract.route('web')['spec'] as {rules: {backendRefs: {name: string; weight: number}[]}[]}).rules.map(
    ({backendRefs}) => Object.fromEntries(backendRefs.map(({name, weight}) => [name, weight])),
  )
const TO_GREEN: readonly Move[] = [
  {server: 'web-green', to: 'serving'},
  {server: 'web-blue', to: 'draining'},
]
const TO_BLUE: readonly Move[] = [
  {server: 'web-blue', to: 'serving'},
  {server: 'web-green', to: 'draining'},
]

test('a switch is one patch of all rules, and nothing else of the route changes', async () => {
  expect(await words()).toEqual([
    'web-blue serving: WEIGHT 1 of 1, 100 of 100 (rules differ), 2/2',
    'web-green draining: WEIGHT 0 of 1, 0 of 100 (rules differ), 2/2',
  ])
  const {hostnames, rules} = contract.route('web')['spec'] as {hostnames: unknown; rules: Json[]}
  const driver = traffic()
  await driver.state(signal())
  const command = driver.command(TO_GREEN)
  const before = contract.patches.length
  await driver.move(TO_GREEN, signal())
  expect(contract.patches.slice(before)).toHaveLength(1)
  expect(command).toContain('--namespace=shop patch httproutes.gateway.networking.k8s.io web --type=json')
  expect(command).toContain('{"op":"test","path":"/metadata/generation","value":1}')
  expect(weights()).toEqual([
    {blue: 0, green: 1},
    {green: 100, blue: 0},
  ])
  const after = contract.route('web')['spec'] as {hostnames: unknown; rules: Json[]}
  expect(after.hostnames).toEqual(hostnames)
  expect(after.rules.map(({matches, filters}) => ({matches, filters}))).toEqual(
    rules.map(({matches, filters}) => ({matches, filters})),
  )
  // The same once more is nothing.
  await driver.state(signal())
  expect(driver.command(TO_GREEN)).toBe('nothing to patch: web-green serving, web-blue draining')
  await driver.move(TO_GREEN, signal())
  expect(contract.patches.slice(before)).toHaveLength(1)
}, 60_000)

test('a share is two weights, and back again one slot has all', async () => {
  const driver = traffic()
  await driver.state(signal())
  await driver.move(
    [
      {server: 'web-blue', to: 'serving', weight: 247},
      {server: 'web-green', to: 'serving', weight: 13},
    ],
    signal(),
  )
  expect(await words()).toEqual([
    'web-blue serving: WEIGHT 247 of 260, 2/2',
    'web-green serving: WEIGHT 13 of 260, 2/2',
  ])
  expect((await driver.state(signal())).servers.get('web-green')).toMatchObject({
    weight: 13,
    fresh: true,
    failing: false,
  })
  await driver.move(
    TO_BLUE.map(move => ({...move, weight: 'own'})),
    signal(),
  )
  expect(weights()).toEqual([
    {blue: 100, green: 0},
    {green: 0, blue: 100},
  ])
}, 60_000)

test('what somebody else changed after the look is never overwritten, and is named', async () => {
  const driver = traffic()
  await driver.state(signal())
  apply([{backendRefs: [to('green', 30), to('blue', 70)]}])
  await expect(driver.move(TO_GREEN, signal())).rejects.toThrow(
    'somebody else changed the HTTPRoute web meanwhile, so nothing of it was patched: it had rule 1: blue 1, green 0; rule 2: green 0, blue 100, and has rule 1: green 30, blue 70',
  )
  expect(weights()).toEqual([{green: 30, blue: 70}])
  // Whoever goes on starts from what is so.
  await driver.state(signal())
  await driver.move(TO_GREEN, signal())
  expect(weights()).toEqual([{green: 30, blue: 0}])
}, 60_000)

test('a change of the status alone is no change of the route', async () => {
  const driver = traffic()
  await driver.state(signal())
  contract.holdRoute('web', [
    {
      parentRef: {group: 'gateway.networking.k8s.io', kind: 'Gateway', name: 'public', namespace: 'infra'},
      conditions: CONDITIONS(99),
    },
  ])
  await driver.move(TO_GREEN, signal())
  expect(weights()).toEqual([
    {blue: 0, green: 1},
    {green: 100, blue: 0},
  ])
}, 60_000)

const CONDITIONS = (observedGeneration: number, status = 'True') =>
  ['Accepted', 'ResolvedRefs'].map(type => ({
    type,
    status,
    reason: 'BackendNotFound',
    message: 'no green',
    observedGeneration,
  }))
const saidOf = (generation: number, status?: string) => [
  {
    parentRef: {group: 'gateway.networking.k8s.io', kind: 'Gateway', name: 'public', namespace: 'infra'},
    conditions: CONDITIONS(generation, status),
  },
]

test('weights that a Gateway has not taken, or refuses, are not called moved', async () => {
  const driver = traffic({settle: '1s'})
  const {generation} = contract.route('web')['metadata'] as {generation: number}
  contract.holdRoute('web', saidOf(generation))
  await driver.state(signal())
  await expect(driver.move(TO_GREEN, signal())).rejects.toThrow(
    new RegExp(
      `are not accepted: Gateway infra/public, its controller has seen generation ${generation} of ${generation + 1}`,
    ),
  )
  contract.holdRoute('web', undefined)
  await driver.state(signal())
  contract.holdRoute('web', saidOf(generation + 9, 'False'))
  const back = driver.move(TO_BLUE, signal())
  await expect(back).rejects.toThrow('Accepted is False, BackendNotFound: no green')
  const state = await driver.state(signal())
  expect(state.closed).toContain('HTTPRoute web is accepted by no Gateway: Gateway infra/public, Accepted is False')
}, 60_000)

test('where every weight is nothing nobody is served, and it is said', async () => {
  apply([{backendRefs: [to('blue', 0), to('green', 0)]}])
  const state = await traffic().state(signal())
  expect(state.closed).toBe('rule 1 of HTTPRoute web sends nobody anywhere: every weight is 0')
  expect([...state.servers.values()].map(({placement}) => placement)).toEqual(['draining', 'draining'])
}, 60_000)

test('a slot that no rule names is not known, and a route that is gone is not', async () => {
  apply([{backendRefs: [to('blue')]}])
  expect([...(await traffic().state(signal())).servers.keys()]).toEqual(['web-blue'])
  await expect(traffic({route: 'shop'}).state(signal())).rejects.toMatchObject({code: 'traffic/unreachable'})
}, 60_000)

test('what would stop a run in its middle is asked before it', async () => {
  const whats = async (driver = traffic()) => (await driver.obstacles?.(signal()))?.map(({what}) => what)
  expect(await whats()).toEqual([])
  apply([...TWO_RULES, {backendRefs: [to('blue')]}])
  contract.holdRoute('web', [])
  apply([{backendRefs: [to('green', 5), to('docs', 5)]}], 'admin')
  contract.deny('httproutes/web')
  expect(await whats()).toEqual([
    'this user may not patch httproutes.gateway.networking.k8s.io/web in namespace shop',
    'the HTTPRoute admin sends to green, too, and would not be moved',
    'HTTPRoute web: rule 3 sends to blue and not to green: weights would not move it',
    'HTTPRoute web is not in effect at Gateway infra/public: its controller has not said anything',
  ])
  contract.deny('httproutes')
  expect(await whats(traffic({otherRoutes: ['admin']}))).toContain(
    'this user may not list HTTPRoutes in namespace shop: whether another one sends to these Services is not known',
  )
  contract.deny()
  contract.holdRoute('web', undefined)
  apply(TWO_RULES)
  expect(await whats(traffic({otherRoutes: ['admin']}))).toEqual([])
}, 60_000)

test('a patch that nobody answered in time may have been heard: what is so is looked at, and not called refused', async () => {
  const unanswered =
    (isHeard: boolean): Exec =>
    async (argv, options) => {
      if (!argv.includes('patch')) return execProgram(argv, options)
      if (isHeard) await execProgram(argv, options)
      throw new OpsError('process/timeout', 'kubectl did not finish')
    }
  const deaf = traffic({}, unanswered(false))
  await deaf.state(signal())
  await expect(deaf.move(TO_GREEN, signal())).rejects.toThrow(
    'whether the cluster did it is not known: kubectl did not finish',
  )
  const heard = traffic({}, unanswered(true))
  await heard.state(signal())
  await heard.move(TO_GREEN, signal())
  expect(weights()).toEqual([
    {blue: 0, green: 1},
    {green: 100, blue: 0},
  ])
}, 60_000)
