import {createServer, type RequestListener, type Server} from 'node:http'
import type {AddressInfo} from 'node:net'
import {afterAll, beforeAll, expect, test} from 'vitest'
import canary from '../../../../runbooks/canary.ts'
import deploy from '../../../../runbooks/deploy.ts'
import type {Runbook} from '../../../runbooks/define.ts'
import type {Ops} from '../../../runbooks/ops.ts'
import {type KubernetesContract, startKubernetes} from '../../../../test/servers/kubernetes.ts'
import {startLoad} from '../../../../test/servers/load.ts'
import {plainTools} from '../../../../test/servers/ops-tools.ts'
import {walkRunbook} from '../../../../test/servers/walk-runbook.ts'
import {releaseSchema} from '../../config.ts'
import {loadReleaseOps} from '../../ops.ts'

/**
 * The shipped runbooks with the real kubectl, a contract server, and a stand-in of a Gateway: it sends each request where the
 * weights of the HTTPRoute say at that moment, to an application that answers the version of its Deployment's image.
 */
let contract: KubernetesContract
let gateway: string
const servers: Server[] = []
const urls: Record<string, string> = {}
const counted: Record<string, {responses: number; errors: number}> = {}
const createReleaseOps = await loadReleaseOps()

const listen = async (handler: RequestListener): Promise<string> => {
  const server = createServer(handler)
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  servers.push(server)
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}
const versionOf = (name: string): string => {
  const {spec} = contract.deployment(name) as {spec: {template: {spec: {containers: {image: string}[]}}}}
  return spec.template.spec.containers[0]?.image.split(':').at(-1) ?? ''
}
/** Every version that begins with 9 fails at all but its health. */
const app =
  (name: string): RequestListener =>
  (request, response) => {
    response.statusCode = versionOf(name).startsWith('9') && request.url?.startsWith('/health') !== true ? 500 : 200
    response.end(JSON.stringify({version: versionOf(name)}))
  }
interface Backend {
  readonly name: string
  readonly weight: number
}
const backends = (): readonly Backend[] =>
  (contract.route('web')['spec'] as {rules: {backendRefs: Backend[]}[]}).rules[0]?.backendRefs ?? []
const route: RequestListener = (request, response) => {
  if (request.url === '/counts') {
    response.end(JSON.stringify(counted))
    return
  }
  const all = backends()
  let left = Math.random() * all.reduce((sum, {weight}) => sum + weight, 0)
  const name = all.find(({weight}) => (left -= weight) < 0)?.name ?? ''
  const count = (counted[name] ??= {responses: 0, errors: 0})
  count.responses += 1
  if (versionOf(name).startsWith('9')) count.errors += 1
  app(name)(request, response)
}

beforeAll(async () => {
  contract = await startKubernetes({'web-blue': 'blue', 'web-green': 'green'}, 'blue')
  contract.applyRoute('web', {
    parentRefs: [{name: 'public'}],
    rules: [
      {
        backendRefs: [
          {name: 'web-blue', port: 80, weight: 100},
          {name: 'web-green', port: 80, weight: 0},
        ],
      },
    ],
  })
  for (const name of ['web-blue', 'web-green']) {
    urls[name] = await listen(app(name))
    counted[name] = {responses: 0, errors: 0}
  }
  gateway = await listen(route)
}, 30_000)
afterAll(async () => {
  for (const server of servers) {
    server.closeAllConnections()
    server.close()
  }
  await contract.stop()
})

const cluster = () => ({kubectl: contract.kubectl(), namespace: 'shop'})
const walk = async (runbook: Runbook, params: Readonly<Record<string, unknown>>) => {
  const script = 'fetch(process.argv[1]).then(async answer => console.log(await answer.text()))'
  const config = releaseSchema.parse({
    name: 'web',
    environment: 'test',
    traffic: {
      type: 'gateway',
      ...cluster(),
      route: 'web',
      servers: {'web-blue': 'web-blue', 'web-green': 'web-green'},
      counts: [process.execPath, '-e', script, `${gateway}/counts`],
    },
    instances: {type: 'kubernetes', ...cluster(), container: 'web', image: 'registry.example.com/web:{version}'},
    slots: ['blue', 'green'].map(name => ({name, instances: [{name: `web-${name}`, url: urls[`web-${name}`]}]})),
    canary: {stages: [50, 100], stageTime: '5s', alpha: 0.05, toleratedShare: 0.5},
    maxSlowdown: 100,
  })
  const tools = plainTools()
  const release = createReleaseOps({...config, environment: 'test'}, tools, '/etc/opsconsole.yaml')
  const ops = {environment: {name: 'test', protected: false}, release: () => release} as unknown as Ops
  const load = startLoad(gateway, {rps: 120, slowShare: 0.01, slowMs: 1})
  try {
    return {...(await walkRunbook(runbook, {params, ops})), commands: tools.commands}
  } finally {
    await load.stop()
  }
}

test('a canary gets its share by weights, is judged by what is counted, and takes all of it when it is good', async () => {
  const {outcome, reason, saved, commands} = await walk(canary, {version: '2.0.0'})
  expect({outcome, reason}).toEqual({outcome: 'done', reason: ''})
  expect(saved['stage 50']).toMatchObject({verdict: 'pass'})
  expect(backends()).toMatchObject([
    {name: 'web-blue', weight: 0},
    {name: 'web-green', weight: 100},
  ])
  expect(commands.filter(line => line.includes(' patch httproutes'))).not.toEqual([])
}, 120_000)

test('one that fails loses its share at once, and what served before has all of it', async () => {
  const before = backends().map(({name, weight}) => ({name, weight}))
  const {outcome, reason, steps} = await walk(canary, {version: '9.0.0'})
  expect({outcome, stage: steps['stage 50']}).toEqual({outcome: 'undone', stage: 'undone'})
  expect(reason).toMatch(/^9\.0\.0 is worse than 2\.0\.0: /)
  expect(backends().map(({name, weight}) => ({name, weight}))).toEqual(before)
}, 120_000)

test('a deploy is one switch of the weights', async () => {
  const {outcome, reason, saved} = await walk(deploy, {version: '2.1.0', watch: '2s'})
  expect({outcome, reason}).toEqual({outcome: 'done', reason: ''})
  expect(saved['watch']).toMatchObject({verdict: expect.stringMatching(/^good|inconclusive$/) as string})
  expect(backends()).toMatchObject([{weight: 100}, {weight: 0}])
}, 120_000)
