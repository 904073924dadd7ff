import {createServer, type IncomingMessage, type ServerResponse} from 'node:http'
import type {AddressInfo} from 'node:net'

/**
 * A contract server: it answers as the published OpenAPI of Kubernetes 1.32 says (`core/v1` Services, `apps/v1`
 * Deployments, JSON merge and strategic merge patches, `Status` for errors), to the real kubectl. It schedules no pods:
 * what is wanted is ready at once. No cluster was run against.
 */
export interface KubernetesContract {
  readonly url: string
  /** `PATCH /apis/…` with its body, in order. */
  readonly patches: readonly string[]
  service(): Json
  deployment(name: string): Json
  /** From now on every patch is refused with this message, as an admission webhook does. */
  refuse(message: string | undefined): void
  stop(): Promise<void>
}

type Json = {[key: string]: unknown}

const resource = (kind: string, name: string, shortNames: readonly string[]): Json => ({
  kind,
  name,
  singularName: kind.toLowerCase(),
  namespaced: true,
  shortNames,
  verbs: ['get', 'list', 'patch', 'update'],
})

const DISCOVERY: Readonly<Record<string, Json>> = {
  '/api': {kind: 'APIVersions', versions: ['v1'], serverAddressByClientCIDRs: []},
  '/apis': {
    kind: 'APIGroupList',
    apiVersion: 'v1',
    groups: [
      {
        name: 'apps',
        versions: [{groupVersion: 'apps/v1', version: 'v1'}],
        preferredVersion: {groupVersion: 'apps/v1', version: 'v1'},
      },
    ],
  },
  '/api/v1': {kind: 'APIResourceList', groupVersion: 'v1', resources: [resource('Service', 'services', ['svc'])]},
  '/apis/apps/v1': {
    kind: 'APIResourceList',
    apiVersion: 'v1',
    groupVersion: 'apps/v1',
    resources: [resource('Deployment', 'deployments', ['deploy'])],
  },
  '/version': {major: '1', minor: '32', gitVersion: 'v1.32.0'},
}

export async function startKubernetes(
  deployments: Readonly<Record<string, string>>,
  selected: string,
): Promise<KubernetesContract> {
  const objects = new Map<string, Json>([['/api/v1/namespaces/shop/services/web', serviceOf(selected)]])
  for (const [name, slot] of Object.entries(deployments))
    objects.set(`/apis/apps/v1/namespaces/shop/deployments/${name}`, deploymentOf(name, slot))
  const patches: string[] = []
  let refusal: string | undefined
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const path = new URL(request.url ?? '/', 'http://kubernetes').pathname
    const send = (code: number, body: Json): void => {
      response.writeHead(code, {'content-type': 'application/json'})
      response.end(JSON.stringify(body))
    }
    const known = DISCOVERY[path]
    if (known !== undefined) return send(200, known)
    const object = objects.get(path)
    if (object === undefined) return send(404, status(404, 'NotFound', `${path.split('/').at(-1)} not found`))
    if (request.method !== 'PATCH') return send(200, object)
    let text = ''
    for await (const piece of request) text += String(piece)
    if (refusal !== undefined) return send(403, status(403, 'Forbidden', refusal))
    patches.push(`${request.method} ${path} ${text}`)
    const next = settled(merge(object, JSON.parse(text) as Json))
    objects.set(path, next)
    return send(200, next)
  }
  const server = createServer((request, response) => void answer(request, response))
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    patches,
    service: () => objects.get('/api/v1/namespaces/shop/services/web') ?? {},
    deployment: name => objects.get(`/apis/apps/v1/namespaces/shop/deployments/${name}`) ?? {},
    refuse: message => (refusal = message),
    stop: () =>
      new Promise(resolve => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }
}

const status = (code: number, reason: string, message: string): Json => ({
  kind: 'Status',
  apiVersion: 'v1',
  metadata: {},
  status: 'Failure',
  message,
  reason,
  code,
})

const serviceOf = (slot: string): Json => ({
  kind: 'Service',
  apiVersion: 'v1',
  metadata: {name: 'web', namespace: 'shop', resourceVersion: '1'},
  spec: {selector: {app: 'web', slot}, ports: [{port: 80, protocol: 'TCP'}], type: 'ClusterIP'},
})

const deploymentOf = (name: string, slot: string): Json => ({
  kind: 'Deployment',
  apiVersion: 'apps/v1',
  metadata: {name, namespace: 'shop', resourceVersion: '1'},
  spec: {
    replicas: 2,
    selector: {matchLabels: {app: 'web', slot}},
    template: {metadata: {labels: {app: 'web', slot}}, spec: {containers: [{name: 'web', image: 'web:1.0.0'}]}},
  },
  status: {replicas: 2, readyReplicas: 2},
})

/** Null removes a key; containers, as every list of the strategic merge here, are merged by name. */
function merge(old: Json, patch: Json): Json {
  const result: Json = {...old}
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete result[key]
    else if (Array.isArray(value)) result[key] = mergeByName(result[key], value as Json[])
    else if (typeof value === 'object') result[key] = merge((result[key] ?? {}) as Json, value as Json)
    else result[key] = value
  }
  return result
}

function mergeByName(old: unknown, patch: readonly Json[]): readonly Json[] {
  const before = (Array.isArray(old) ? old : []) as readonly Json[]
  const added = patch.filter(each => before.every(one => one['name'] !== each['name']))
  return [...before.map(one => ({...one, ...patch.find(each => each['name'] === one['name'])})), ...added]
}

function settled(object: Json): Json {
  if (object['kind'] !== 'Deployment') return object
  const {replicas} = object['spec'] as {replicas: number}
  return {...object, status: replicas === 0 ? {} : {replicas, readyReplicas: replicas}}
}
