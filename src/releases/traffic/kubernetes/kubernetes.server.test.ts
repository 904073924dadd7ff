import {writeFile} from 'node:fs/promises'
import path from 'node:path'
import {afterAll, beforeAll, expect, test} from 'vitest'
import {type KubernetesContract, startKubernetes} from '../../../../test/servers/kubernetes.ts'
import {execProgram} from '../../../processes/run.ts'
import {openKubernetesInstances} from '../../instances/kubernetes/kubernetes.ts'
import {kubernetesInstancesSchema} from '../../instances/kubernetes/schema.ts'
import type {Move} from '../traffic-driver.ts'
import {openKubernetesTraffic} from './kubernetes.ts'
import {kubernetesTrafficSchema} from './schema.ts'

/** The real kubectl against a contract server: see test/servers/kubernetes.ts for what that shows and what it does not. */
let contract: KubernetesContract
beforeAll(async () => {
  contract = await startKubernetes({'web-blue': 'blue', 'web-green': 'green'}, 'blue')
}, 30_000)
afterAll(() => contract.stop())

const signal = (): AbortSignal => AbortSignal.timeout(60_000)
const traffic = (more: Readonly<Record<string, unknown>> = {}) =>
  openKubernetesTraffic(
    kubernetesTrafficSchema.parse({
      type: 'kubernetes',
      kubectl: contract.kubectl(),
      namespace: 'shop',
      service: 'web',
      servers: {'web-blue': 'blue', 'web-green': 'green'},
      replicas: 20,
      ...more,
    }),
    {exec: execProgram},
  )
const instances = (more: object = {}) =>
  openKubernetesInstances(
    kubernetesInstancesSchema.parse({
      type: 'kubernetes',
      kubectl: contract.kubectl(),
      namespace: 'shop',
      container: 'web',
      image: 'registry.example.com/web:{version}',
      replicas: 3,
      ...more,
    }),
    {exec: execProgram, directory: '/'},
  )
const words = async () =>
  [...(await traffic().state(signal())).servers.values()].map(({name, word}) => `${name} ${word}`)
const selector = () => (contract.service()['spec'] as {selector: object}).selector
const move = async (moves: readonly Move[]): Promise<string> => {
  const driver = traffic()
  await driver.state(signal())
  const command = driver.command(moves)
  await driver.move(moves, signal())
  return command
}

test('where traffic is, a Deployment with a version, and its end', async () => {
  expect(await words()).toEqual(['web-blue SELECTED 2/2', 'web-green NOT SELECTED 2/2'])
  const start = instances().start({slot: 'green', instance: 'web-green'}, '1.2.0')
  expect(start.text).toContain('patch deployment web-green --type=strategic')
  await start.carryOut(signal())
  expect(contract.deployment('web-green')).toMatchObject({
    spec: {replicas: 3, template: {spec: {containers: [{name: 'web', image: 'registry.example.com/web:1.2.0'}]}}},
  })
  await instances().stop({slot: 'green', instance: 'web-green'}).carryOut(signal())
  expect(await words()).toEqual(['web-blue SELECTED 2/2', 'web-green NOT SELECTED 0/0'])
  expect((await traffic().state(signal())).servers.get('web-green')?.placement).toBe('off')
  await start.carryOut(signal())
}, 60_000)

test('what a plan is for is told apart from what has the same names in another cluster', async () => {
  const other = await startKubernetes({'web-blue': 'blue', 'web-green': 'green'}, 'blue')
  const elsewhere = traffic({kubectl: other.kubectl()})
  const [here, there] = await Promise.all([traffic().identity?.(signal()), elsewhere.identity?.(signal())])
  await other.stop()
  expect(here).toMatch(/^Service shop\/web [0-9a-f-]{36}$/)
  expect(there).not.toBe(here)
  expect(await traffic().identity?.(signal())).toBe(here)
  const places = ['blue', 'green'].map(slot => ({slot, instance: `web-${slot}`}))
  expect(await instances().identity?.(places, signal())).toMatch(
    /^Deployment shop\/web-blue \S{36}, Deployment shop\/web-green \S{36}$/,
  )
  await expect(traffic({service: 'none'}).identity?.(signal())).rejects.toMatchObject({code: 'traffic/unreachable'})
}, 60_000)

test('a switch is one patch of the selector, and nothing else of it changes', async () => {
  const command = await move([
    {server: 'web-green', to: 'serving'},
    {server: 'web-blue', to: 'draining'},
  ])
  expect(command).toContain('patch service web --type=merge')
  expect(contract.patches.at(-1)).toBe(
    'PATCH /api/v1/namespaces/shop/services/web {"spec":{"selector":{"slot":"green"}}}',
  )
  expect(selector()).toEqual({app: 'web', slot: 'green'})
  expect(await words()).toEqual(['web-blue NOT SELECTED 2/2', 'web-green SELECTED 3/3'])
}, 60_000)

test('a share is a number of pods; back again, one slot is selected', async () => {
  await move([
    {server: 'web-green', to: 'serving', weight: 95},
    {server: 'web-blue', to: 'serving', weight: 5},
  ])
  expect(selector()).toEqual({app: 'web'})
  expect(await words()).toEqual(['web-blue SELECTED 1/1', 'web-green SELECTED 20/20'])
  // So few before anybody is sent there: else its share would be a half for a moment.
  expect(contract.patches.slice(-3)).toEqual([
    'PATCH /apis/apps/v1/namespaces/shop/deployments/web-blue {"spec":{"replicas":1}}',
    'PATCH /apis/apps/v1/namespaces/shop/deployments/web-green {"spec":{"replicas":20}}',
    'PATCH /api/v1/namespaces/shop/services/web {"spec":{"selector":{"slot":null}}}',
  ])
  await move([
    {server: 'web-blue', to: 'draining', weight: 'own'},
    {server: 'web-green', to: 'serving', weight: 'own'},
  ])
  expect(selector()).toEqual({app: 'web', slot: 'green'})
  expect(await words()).toContain('web-green SELECTED 20/20')
}, 60_000)

test('what a cluster refuses is refused with its words; one that does not answer, or has no such Service, is named', async () => {
  contract.refuse('admission webhook "freeze" denied the request')
  await expect(
    move([
      {server: 'web-blue', to: 'serving'},
      {server: 'web-green', to: 'draining'},
    ]),
  ).rejects.toThrow(/the cluster refused it: .*admission webhook "freeze" denied the request/s)
  contract.refuse(undefined)
  await expect(traffic({service: 'shop'}).state(signal())).rejects.toMatchObject({code: 'traffic/unreachable'})
  await expect(
    traffic({kubectl: contract.kubectl('--server=http://127.0.0.1:9')}).state(signal()),
  ).rejects.toMatchObject({code: 'traffic/unreachable'})
}, 60_000)

const TO_BLUE = [
  {server: 'web-blue', to: 'serving'},
  {server: 'web-green', to: 'draining'},
] as const
const held = (status: object) => ({observedGeneration: 99, ...status})

test('pods that a share needs and that do not come are waited for, and the Service selects what it did', async () => {
  const before = contract.patches.length
  contract.hold('web-blue', held({replicas: 20, updatedReplicas: 20, readyReplicas: 3, availableReplicas: 3}))
  const driver = traffic({podsTimeout: '1s'})
  await driver.state(signal())
  const moves = [
    {server: 'web-green', to: 'serving', weight: 50},
    {server: 'web-blue', to: 'serving', weight: 50},
  ] as const
  await expect(driver.move(moves, signal())).rejects.toThrow(
    /selects what it did before: .*web-blue: 3 of 20 pods available/,
  )
  expect(contract.patches.slice(before).filter(patch => patch.includes('/services/'))).toEqual([])
  contract.hold('web-blue', undefined)
}, 60_000)

test('a version that is not on all pods, or not available, may take no traffic, though one pod answers', async () => {
  const fresh = async () => (await traffic().state(signal())).servers.get('web-blue')
  expect(await fresh()).toMatchObject({fresh: true, check: '20 of 20 pods available'})
  contract.hold('web-blue', held({replicas: 21, updatedReplicas: 1, readyReplicas: 20, availableReplicas: 20}))
  expect(await fresh()).toMatchObject({
    fresh: false,
    check: '20 of 20 pods available, 20 of an older version, 1 too many',
  })
  contract.hold('web-blue', {observedGeneration: 0, replicas: 20, updatedReplicas: 20, readyReplicas: 20})
  expect(await fresh()).toMatchObject({fresh: false, check: 'its change is not seen yet by the cluster'})
  contract.hold('web-blue', undefined)
}, 60_000)

test('an instance is rolled out when all its pods are, and why not is what its pods say', async () => {
  const rollout = () => instances().rollout?.({slot: 'blue', instance: 'web-blue'}, signal())
  expect(await rollout()).toEqual({ok: true, reason: '20 of 20 pods available'})
  contract.hold('web-blue', held({replicas: 21, updatedReplicas: 1, readyReplicas: 20, availableReplicas: 20}))
  const waiting = {reason: 'ImagePullBackOff', message: 'Back-off pulling image "registry.example.com/web:1.3.0"'}
  contract.pods.push({
    metadata: {name: 'web-blue-7d9'},
    status: {containerStatuses: [{ready: false, state: {waiting}}]},
  })
  expect(await rollout()).toEqual({
    ok: false,
    reason:
      'web-blue: 20 of 20 pods available, 20 of an older version, 1 too many; ' +
      'web-blue-7d9: ImagePullBackOff, Back-off pulling image "registry.example.com/web:1.3.0"',
  })
  contract.hold('web-blue', undefined)
  contract.pods.length = 0
}, 60_000)

test('what a controller that has it in Git reverts is seen at the next look, and a move then starts from there', async () => {
  await move(TO_BLUE)
  contract.edit('/api/v1/namespaces/shop/services/web', {spec: {selector: {slot: 'green'}}})
  expect((await traffic().state(signal())).servers.get('web-blue')?.placement).toBe('draining')
  await move(TO_BLUE)
  expect(selector()).toEqual({app: 'web', slot: 'blue'})
}, 60_000)

test('a patch that nobody answers in time may have been heard: it is not called refused, and what is so is looked at', async () => {
  contract.delay(5000)
  const driver = traffic({timeout: '2s'})
  await driver.state(signal())
  const move = driver.move(
    [
      {server: 'web-green', to: 'serving'},
      {server: 'web-blue', to: 'draining'},
    ],
    signal(),
  )
  await expect(move).rejects.toThrow(/whether the cluster did it is not known: .*did not finish within 2000 ms/)
  contract.delay(0)
  // It did it. Going back is worked out from what is so, not from what was so before.
  await driver.state(signal())
  expect(driver.command(TO_BLUE)).toContain('"slot":"blue"')
  await driver.move(TO_BLUE, signal())
  expect(selector()).toEqual({app: 'web', slot: 'blue'})
}, 60_000)

test('what this user may not do, which cluster is not clear, and what sets the pods itself is asked before a run', async () => {
  expect(await traffic().obstacles?.(signal())).toEqual([])
  expect(await instances().obstacles([{slot: 'blue', instance: 'web-blue'}])).toEqual([])
  contract.deny('services/web', 'deployments/web-blue')
  const whats = async (driver = traffic()) => (await driver.obstacles?.(signal()))?.map(({what}) => what)
  expect(await whats()).toEqual([
    'this user may not patch services/web in namespace shop',
    'this user may not patch deployments.apps/web-blue in namespace shop',
  ])
  expect(await instances().obstacles([{slot: 'blue', instance: 'web-blue'}])).toMatchObject([
    {what: 'this user may not patch deployments.apps/web-blue in namespace shop'},
  ])
  await expect(
    move([
      {server: 'web-green', to: 'serving'},
      {server: 'web-blue', to: 'draining'},
    ]),
  ).rejects.toThrow(/the cluster refused it: .*forbidden/s)
  contract.deny()
  contract.scalers.push({
    metadata: {name: 'web'},
    spec: {scaleTargetRef: {apiVersion: 'apps/v1', kind: 'Deployment', name: 'web-blue'}, maxReplicas: 9},
  })
  expect(await whats()).toEqual([
    'the HorizontalPodAutoscaler web sets the pods of web-blue: a share by pods would not stay',
  ])
  expect(await whats(traffic({replicas: undefined}))).toEqual([])
  contract.scalers.length = 0
  contract.edit('/apis/apps/v1/namespaces/shop/deployments/web-blue', {spec: {paused: true}})
  const ofInstances = async (spec: object = {}, place = {slot: 'blue', instance: 'web-blue'}) =>
    (await instances(spec).obstacles([place])).map(({what}) => what)
  expect(await ofInstances({container: 'app'})).toEqual([
    'deployments.apps/web-blue has no container app: a start would add one beside web',
    'deployments.apps/web-blue is paused: a start would change none of its pods',
  ])
  expect(await ofInstances({namespace: 'prod'})).toEqual(['namespace prod has no deployments.apps/web-blue'])
  contract.edit('/apis/apps/v1/namespaces/shop/deployments/web-blue', {spec: {paused: null}})
  contract.deny('get deployments/web-blue')
  expect(await ofInstances()).toEqual(['this user may not read deployments.apps/web-blue in namespace shop'])
  contract.deny()
  const file = path.join(contract.home, 'kubeconfig')
  const contexts = ['staging', 'production'].map(name => ({name, context: {cluster: 'one', user: 'dev'}}))
  const clusters = [{name: 'one', cluster: {server: contract.url}}]
  await writeFile(
    file,
    JSON.stringify({apiVersion: 'v1', kind: 'Config', clusters, contexts, 'current-context': 'staging'}),
  )
  const two = {kubectl: contract.kubectl(`--kubeconfig=${file}`)}
  expect(await whats(traffic(two))).toEqual([
    'the kubeconfig has 2 contexts, and which cluster is meant depends on the current one',
  ])
  expect(await whats(traffic({...two, context: 'production'}))).toEqual([])
}, 120_000)

test('a kubectl that hangs ends at its deadline, and one that prints without end is stopped', async () => {
  const hanging = traffic({kubectl: ['sh', '-c', 'sleep 600'], timeout: '1s'})
  await expect(hanging.state(signal())).rejects.toThrow(/did not finish within 1000 ms/)
  const flood = traffic({kubectl: ['sh', '-c', 'yes']})
  await expect(flood.state(signal())).rejects.toThrow(/printed more than 16 MB and was stopped/)
}, 120_000)

test('a Service without a selector does not say where its requests go, and a selector of one label is not emptied', async () => {
  contract.edit('/api/v1/namespaces/shop/services/web', {spec: {selector: {app: null}}})
  await expect(
    move([
      {server: 'web-green', to: 'serving', weight: 50},
      {server: 'web-blue', to: 'serving', weight: 50},
    ]),
  ).rejects.toThrow('would select nothing')
  contract.edit('/api/v1/namespaces/shop/services/web', {spec: {selector: {slot: null}}})
  await expect(traffic().state(signal())).rejects.toThrow('has no selector')
  contract.edit('/api/v1/namespaces/shop/services/web', {spec: {selector: {app: 'web', slot: 'blue'}}})
}, 60_000)
