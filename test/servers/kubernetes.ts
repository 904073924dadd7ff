import {randomUUID} from 'node:crypto'
import {mkdtemp, rm} from 'node:fs/promises'
import {createServer, type IncomingMessage, type ServerResponse} from 'node:http'
import type {AddressInfo} from 'node:net'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {applyJsonPatch, type Operation, routeStatus, withRouteDefaults, wrongInRoute} from './kubernetes-routes.ts'

/**
 * A contract server: it answers as the published OpenAPI of Kubernetes 1.32 says (`core/v1` Services, `apps/v1`
 * Deployments, JSON merge and strategic merge patches, `Status` for errors), to the real kubectl. It schedules no pods:
 * what is wanted is ready at once. HTTPRoutes are as the published CRD of Gateway API v1 says: test/servers/kubernetes-routes.ts.
 * No cluster was run against.
 */
export interface KubernetesContract {
  readonly url: string
  /** Of kubectl, which keeps what it discovers there. */
  readonly home: string
  /** The real kubectl on this server, or on another one. */
  kubectl(to?: string): readonly string[]
  /** `PATCH /apis/…` with its body, in order. */
  readonly patches: readonly string[]
  service(): Json
  deployment(name: string): Json
  /** From now on every patch is refused with this message, as an admission webhook does. */
  refuse(message: string | undefined): void
  /** Patches of `services/web` and the like, and reads of `get services/web`, that RBAC denies to this user. */
  deny(...objects: readonly string[]): void
  /** Answers to the next patch take this long. */
  delay(ms: number): void
  /** What the controller says of a Deployment, whatever is wanted of it; undefined: all that is wanted is there. */
  hold(name: string, status: Json | undefined): void
  /** As somebody else patches it: a person, or a controller that has it in Git. */
  edit(path: string, patch: Json): void
  /** An HTTPRoute as it is now, and what its spec becomes when somebody applies another; a new one when there was none. */
  route(name: string): Json
  applyRoute(name: string, spec: Json): void
  /** What the controllers of the Gateways say of an HTTPRoute, whatever is wanted of it; undefined: they accept all of it. */
  holdRoute(name: string, parents: readonly Json[] | undefined): void
  readonly pods: Json[]
  readonly scalers: Json[]
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
    groups: ['apps/v1', 'autoscaling/v2', 'authorization.k8s.io/v1', 'gateway.networking.k8s.io/v1'].map(
      groupVersion => {
        const [name = '', version = ''] = groupVersion.split('/')
        return {name, versions: [{groupVersion, version}], preferredVersion: {groupVersion, version}}
      },
    ),
  },
  '/api/v1': {
    kind: 'APIResourceList',
    groupVersion: 'v1',
    resources: [resource('Service', 'services', ['svc']), resource('Pod', 'pods', ['po'])],
  },
  '/apis/autoscaling/v2': {
    kind: 'APIResourceList',
    apiVersion: 'v1',
    groupVersion: 'autoscaling/v2',
    resources: [resource('HorizontalPodAutoscaler', 'horizontalpodautoscalers', ['hpa'])],
  },
  '/apis/authorization.k8s.io/v1': {
    kind: 'APIResourceList',
    apiVersion: 'v1',
    groupVersion: 'authorization.k8s.io/v1',
    resources: [
      {
        ...resource('SelfSubjectAccessReview', 'selfsubjectaccessreviews', []),
        namespaced: false,
        verbs: ['create'],
      },
    ],
  },
  '/apis/apps/v1': {
    kind: 'APIResourceList',
    apiVersion: 'v1',
    groupVersion: 'apps/v1',
    resources: [resource('Deployment', 'deployments', ['deploy'])],
  },
  '/apis/gateway.networking.k8s.io/v1': {
    kind: 'APIResourceList',
    apiVersion: 'v1',
    groupVersion: 'gateway.networking.k8s.io/v1',
    resources: [resource('HTTPRoute', 'httproutes', [])],
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
  const [pods, scalers, denied] = [[] as Json[], [] as Json[], new Set<string>()]
  const held = new Map<string, Json>()
  const heldRoutes = new Map<string, readonly Json[]>()
  const routePath = (name: string): string => `${ROUTES}/${name}`
  const withStatus = (object: Json): Json =>
    object['kind'] === 'HTTPRoute' ? routeStatus(object, heldRoutes) : settled(object, held)
  let [refusal, delayMs]: [string | undefined, number] = [undefined, 0]
  const change = (path: string, patch: Json): Json => {
    const old = objects.get(path) ?? {}
    return keep(path, changed(old, merge(old, patch)))
  }
  const keep = (path: string, next: Json): Json => {
    objects.set(path, next)
    return withStatus(next)
  }
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const path = new URL(request.url ?? '/', 'http://kubernetes').pathname
    const send = (code: number, body: Json): void => {
      response.writeHead(code, {'content-type': 'application/json'})
      response.end(JSON.stringify(body))
    }
    const known = DISCOVERY[path]
    if (known !== undefined) return send(200, known)
    const pieces: Buffer[] = []
    for await (const piece of request) pieces.push(piece as Buffer)
    const text = Buffer.concat(pieces).toString('latin1')
    if (path.endsWith('/selfsubjectaccessreviews')) {
      // kubectl asks in protobuf: fields 5 and 7 of ResourceAttributes are the resource and the name.
      const [, kind = '', name = ''] = /\x2a[\s\S]([a-z]+)[\s\S]*?\x3a[\s\S]([a-z-]+)/.exec(text) ?? []
      const [apiVersion, review] = ['authorization.k8s.io/v1', 'SelfSubjectAccessReview']
      const spec = {resourceAttributes: {verb: 'patch', resource: kind, name}}
      return send(201, {
        kind: review,
        apiVersion,
        metadata: {},
        spec,
        status: {allowed: !denied.has(`${kind}/${name}`)},
      })
    }
    if (path.endsWith('/pods')) return send(200, {kind: 'PodList', apiVersion: 'v1', metadata: {}, items: pods})
    if (path.endsWith('/horizontalpodautoscalers'))
      return send(200, {
        kind: 'HorizontalPodAutoscalerList',
        apiVersion: 'autoscaling/v2',
        metadata: {},
        items: scalers,
      })
    if (path === ROUTES) {
      if (denied.has('httproutes'))
        return send(
          403,
          status(403, 'Forbidden', 'httproutes.gateway.networking.k8s.io is forbidden: User "dev" cannot list it'),
        )
      const items = [...objects].filter(([at]) => at.startsWith(`${ROUTES}/`)).map(([, each]) => withStatus(each))
      return send(200, {kind: 'HTTPRouteList', apiVersion: 'gateway.networking.k8s.io/v1', metadata: {}, items})
    }
    const object = objects.get(path)
    const [kind = '', name = ''] = path.split('/').slice(-2)
    if (denied.has(`get ${kind}/${name}`))
      return send(
        403,
        status(403, 'Forbidden', `${kind} "${name}" is forbidden: User "dev" cannot get resource "${kind}"`),
      )
    if (object === undefined) return send(404, status(404, 'NotFound', `${kind} "${name}" not found`))
    if (request.method !== 'PATCH') return send(200, withStatus(object))
    if (denied.has(`${kind}/${name}`))
      return send(
        403,
        status(403, 'Forbidden', `${kind} "${name}" is forbidden: User "dev" cannot patch resource "${kind}"`),
      )
    if (refusal !== undefined) return send(403, status(403, 'Forbidden', refusal))
    patches.push(`${request.method} ${path} ${text}`)
    if (request.headers['content-type'] === 'application/json-patch+json') {
      const patched = applyJsonPatch(object, JSON.parse(text) as Operation[])
      if (patched === undefined) return send(422, status(422, 'Invalid', NOT_APPLIED))
      const wrong = wrongInRoute(patched)
      if (wrong !== undefined) return send(422, status(422, 'Invalid', `HTTPRoute "${name}" is invalid: ${wrong}`))
      return send(200, keep(path, changed(object, patched)))
    }
    const next = change(path, JSON.parse(text) as Json)
    if (delayMs > 0) await new Promise(resolve => setTimeout(resolve, delayMs))
    return send(200, next)
  }
  const home = await mkdtemp(join(tmpdir(), 'opsconsole-kubectl-'))
  const server = createServer((request, response) => void answer(request, response))
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    url,
    home,
    kubectl: (to = `--server=${url}`) => ['env', `HOME=${home}`, 'kubectl', to],
    patches,
    service: () => objects.get('/api/v1/namespaces/shop/services/web') ?? {},
    deployment: name => settled(objects.get(`/apis/apps/v1/namespaces/shop/deployments/${name}`) ?? {}, held),
    refuse: message => (refusal = message),
    deny: (...names) => {
      denied.clear()
      for (const name of names) denied.add(name)
    },
    delay: ms => (delayMs = ms),
    hold: (name, its) => {
      if (its === undefined) held.delete(name)
      else held.set(name, its)
    },
    edit: (path, patch) => void change(path, patch),
    route: name => withStatus(objects.get(routePath(name)) ?? {}),
    applyRoute: (name, spec) => {
      const old = objects.get(routePath(name)) ?? newRoute(name)
      objects.set(routePath(name), changed(old, {...old, spec: withRouteDefaults(spec)}))
    },
    holdRoute: (name, parents) => {
      if (parents === undefined) heldRoutes.delete(name)
      else heldRoutes.set(name, parents)
    },
    pods,
    scalers,
    stop: async () => {
      await new Promise<void>(resolve => {
        server.closeAllConnections()
        server.close(() => resolve())
      })
      await rm(home, {recursive: true, force: true})
    },
  }
}

const ROUTES = '/apis/gateway.networking.k8s.io/v1/namespaces/shop/httproutes'
/** What the API server says of every JSON patch that does not hold, without its reason. */
const NOT_APPLIED = 'the server rejected our request due to an error in our request'

const newRoute = (name: string): Json => ({
  kind: 'HTTPRoute',
  apiVersion: 'gateway.networking.k8s.io/v1',
  metadata: {name, namespace: 'shop', uid: randomUUID(), resourceVersion: '0', generation: 0},
})

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
  metadata: {name: 'web', namespace: 'shop', uid: randomUUID(), resourceVersion: '1'},
  spec: {
    selector: {app: 'web', slot},
    ports: [
      {name: 'http', port: 80, protocol: 'TCP'},
      {name: 'metrics', port: 9090, protocol: 'TCP'},
    ],
    type: 'ClusterIP',
  },
})

const deploymentOf = (name: string, slot: string): Json => ({
  kind: 'Deployment',
  apiVersion: 'apps/v1',
  metadata: {name, namespace: 'shop', uid: randomUUID(), resourceVersion: '1', generation: 1},
  spec: {
    replicas: 2,
    selector: {matchLabels: {app: 'web', slot}},
    template: {metadata: {labels: {app: 'web', slot}}, spec: {containers: [{name: 'web', image: 'web:1.0.0'}]}},
  },
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

/** Each change is a new version of the object, and one of what is wanted a new generation. */
function changed(old: Json, next: Json): Json {
  const {resourceVersion, generation} = (old['metadata'] ?? {}) as {resourceVersion: string; generation?: number}
  const isNew = JSON.stringify(old['spec']) !== JSON.stringify(next['spec'])
  return {
    ...next,
    metadata: {
      ...(next['metadata'] as Json),
      resourceVersion: String(Number(resourceVersion) + 1),
      ...(generation === undefined ? {} : {generation: generation + Number(isNew)}),
    },
  }
}

function settled(object: Json, held: ReadonlyMap<string, Json>): Json {
  if (object['kind'] !== 'Deployment') return object
  const {replicas} = object['spec'] as {replicas: number}
  const {name, generation} = object['metadata'] as {name: string; generation: number}
  const its = {replicas, updatedReplicas: replicas, readyReplicas: replicas, availableReplicas: replicas}
  return {...object, status: held.get(name) ?? {observedGeneration: generation, ...(replicas === 0 ? {} : its)}}
}
