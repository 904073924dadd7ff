import {mkdtemp, rm} from 'node:fs/promises'
import {tmpdir} from 'node:os'
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
let home: string
beforeAll(async () => {
  contract = await startKubernetes({'web-blue': 'blue', 'web-green': 'green'}, 'blue')
  home = await mkdtemp(path.join(tmpdir(), 'opsconsole-kubectl-'))
}, 30_000)
afterAll(async () => {
  await contract.stop()
  await rm(home, {recursive: true, force: true})
})

const signal = (): AbortSignal => AbortSignal.timeout(60_000)
const kubectl = () => ['env', `HOME=${home}`, 'kubectl', `--server=${contract.url}`]
const traffic = (more: Readonly<Record<string, unknown>> = {}) =>
  openKubernetesTraffic(
    kubernetesTrafficSchema.parse({
      type: 'kubernetes',
      kubectl: kubectl(),
      namespace: 'shop',
      service: 'web',
      servers: {'web-blue': 'blue', 'web-green': 'green'},
      replicas: 20,
      ...more,
    }),
    {exec: execProgram},
  )
const instances = () =>
  openKubernetesInstances(
    kubernetesInstancesSchema.parse({
      type: 'kubernetes',
      kubectl: kubectl(),
      namespace: 'shop',
      container: 'web',
      image: 'registry.example.com/web:{version}',
      replicas: 3,
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
  expect(await words()).toEqual(['web-blue SELECTED 1/1', 'web-green SELECTED 19/19'])
  await move([
    {server: 'web-blue', to: 'draining', weight: 'own'},
    {server: 'web-green', to: 'serving', weight: 'own'},
  ])
  expect(selector()).toEqual({app: 'web', slot: 'green'})
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
    traffic({kubectl: ['env', `HOME=${home}`, 'kubectl', '--server=http://127.0.0.1:9']}).state(signal()),
  ).rejects.toMatchObject({code: 'traffic/unreachable'})
}, 60_000)
