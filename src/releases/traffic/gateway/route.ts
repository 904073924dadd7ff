import {OpsError} from '../../../errors.ts'
import {escapeLine} from '../../../text/escape.ts'

/** With its group: other APIs have an HTTPRoute, too. */
export const ROUTES = 'httproutes.gateway.networking.k8s.io'

/** One place that a rule sends requests to. */
export interface Backend {
  /** The Service, or in words what else it is: `ServiceImport other/web`. */
  readonly name: string
  /** The instance of the release whose Service it is; undefined for everything else. */
  readonly server: string | undefined
  /** 1 where the route says nothing: the default of the API. */
  readonly weight: number
  readonly isWeightGiven: boolean
}

export interface Rule {
  /** `rule 2`, with its name where it has one. */
  readonly words: string
  readonly backends: readonly Backend[]
  /** It sends to the Service of every instance, each once: its weights say who serves. */
  readonly isOurs: boolean
}

/** What one Gateway says of the route. */
export interface Parent {
  readonly words: string
  readonly isAccepted: boolean
  readonly reason: string
  /** The generation of the route that this was said of; undefined where it does not say. */
  readonly observed: number | undefined
}

export interface Route {
  readonly name: string
  readonly uid: string
  readonly generation: number
  readonly rules: readonly Rule[]
  readonly parents: readonly Parent[]
  /** What would not follow the weights, in words. */
  readonly problems: readonly string[]
  /** What may matter and is not read, in words. */
  readonly notes: readonly string[]
}

type Json = Readonly<Record<string, unknown>>

const record = (value: unknown): Json => (typeof value === 'object' && value !== null ? (value as Json) : {})
const list = (value: unknown): readonly Json[] => (Array.isArray(value) ? value.map(record) : [])
const text = (value: unknown, other = ''): string => (typeof value === 'string' ? value : other)
const shown = (value: unknown): string => escapeLine(text(value) || '?', 80)

/** What the API has in a rule and in one of its backends. Anything else may change where requests go. */
const RULE_KEYS: ReadonlySet<string> = new Set([
  'name',
  'matches',
  'filters',
  'backendRefs',
  'timeouts',
  'retry',
  'sessionPersistence',
])
const BACKEND_KEYS: ReadonlySet<string> = new Set(['group', 'kind', 'namespace', 'name', 'port', 'weight', 'filters'])
const FILTERS: ReadonlySet<string> = new Set([
  'RequestHeaderModifier',
  'ResponseHeaderModifier',
  'RequestRedirect',
  'URLRewrite',
  'RequestMirror',
  'CORS',
  'ExternalAuth',
  'ExtensionRef',
])

/** An HTTPRoute as the API gives it. `servers` is the Service by instance. Raises `traffic/refused` for anything else. */
export function routeOf(value: unknown, servers: Readonly<Record<string, string>>): Route {
  const {apiVersion, kind, metadata, spec, status} = record(value)
  const {name, namespace, uid, generation} = record(metadata)
  if (
    kind !== 'HTTPRoute' ||
    !text(apiVersion).startsWith('gateway.networking.k8s.io/') ||
    typeof generation !== 'number'
  )
    throw new OpsError('traffic/refused', `kubectl printed no HTTPRoute of the Gateway API: ${shown(kind)}`)
  const {rules, parentRefs} = record(spec)
  const read = list(rules).map((rule, at) => ruleOf(rule, at, {servers, namespace: text(namespace)}))
  const refs = list(parentRefs)
  return {
    name: text(name),
    uid: text(uid),
    generation,
    rules: read.map(({rule}) => rule),
    parents: refs.map(ref => parentOf(ref, list(record(status)['parents']), text(namespace))),
    problems: [
      ...(refs.length === 0 ? ['it is attached to no Gateway'] : []),
      ...read.flatMap(({problems}) => problems),
    ],
    notes: read.flatMap(({notes}) => notes),
  }
}

interface Known {
  readonly servers: Readonly<Record<string, string>>
  readonly namespace: string
}

function ruleOf(value: Json, at: number, known: Known) {
  const words = `rule ${at + 1}${typeof value['name'] === 'string' ? ` (${shown(value['name'])})` : ''}`
  const refs = list(value['backendRefs'])
  const backends = refs.map(ref => backendOf(ref, known))
  const services = Object.keys(known.servers)
  const there = services.filter(name => backends.some(({server}) => server === name))
  const twice = there.find(name => backends.filter(({server}) => server === name).length > 1)
  const isOurs = there.length > 0 && there.length === services.length && twice === undefined
  const filters = [...list(value['filters']), ...refs.flatMap(ref => list(ref['filters']))]
  const problems =
    there.length === 0
      ? mirrored(filters, known)
      : [
          ...lacking(there, known),
          ...(twice === undefined ? [] : [`sends to ${shown(known.servers[twice])} twice`]),
          ...strangers(backends),
          ...unknownParts(value, refs, filters),
          ...mirrored(filters, known),
        ]
  const extensions = there.length === 0 ? [] : filters.filter(({type}) => type === 'ExtensionRef')
  return {
    rule: {words, backends, isOurs} satisfies Rule,
    problems: problems.map(problem => `${words} ${problem}`),
    notes: extensions.map(({extensionRef}) => {
      const {kind, name} = record(extensionRef)
      return `${words} has a filter of its implementation that is not read (${shown(kind)} ${shown(name)})`
    }),
  }
}

function backendOf(ref: Json, {servers, namespace}: Known): Backend {
  const name = serviceOf(ref, namespace)
  const server = name === undefined ? undefined : Object.keys(servers).find(one => servers[one] === name)
  const {weight} = ref
  return {
    name:
      name ??
      escapeLine(`${text(ref['kind'], 'Service')} ${text(ref['namespace'], namespace)}/${text(ref['name'])}`, 120),
    server,
    weight: typeof weight === 'number' ? weight : 1,
    isWeightGiven: typeof weight === 'number',
  }
}

/** A Service of the route's own namespace by its name; undefined for any other thing. */
function serviceOf(ref: Json, namespace: string): string | undefined {
  const isService = text(ref['group']) === '' && text(ref['kind'], 'Service') === 'Service'
  return isService && text(ref['namespace'], namespace) === namespace ? text(ref['name']) : undefined
}

function lacking(there: readonly string[], {servers}: Known): readonly string[] {
  const gone = Object.keys(servers).filter(name => !there.includes(name))
  const names = (of: readonly string[]): string => of.map(name => shown(servers[name])).join(' and ')
  return gone.length === 0 ? [] : [`sends to ${names(there)} and not to ${names(gone)}: weights would not move it`]
}

const strangers = (backends: readonly Backend[]): readonly string[] =>
  backends
    .filter(({server, weight}) => server === undefined && weight > 0)
    .map(({name, weight}) => `sends weight ${weight} to ${escapeLine(name, 120)}, which is of no slot`)

function unknownParts(rule: Json, refs: readonly Json[], filters: readonly Json[]): readonly string[] {
  const keys = [
    ...Object.keys(rule).filter(key => !RULE_KEYS.has(key)),
    ...refs.flatMap(ref => Object.keys(ref).filter(key => !BACKEND_KEYS.has(key))),
  ]
  const types = filters.map(({type}) => text(type)).filter(type => !FILTERS.has(type))
  return [
    ...(rule['sessionPersistence'] === undefined
      ? []
      : ['keeps clients on the backend they had (sessionPersistence): weights do not move those']),
    ...[...new Set(keys)].map(key => `has ${shown(key)}, which is not understood`),
    ...[...new Set(types)].map(type => `has a filter ${shown(type)}, which is not understood`),
  ]
}

/** Copies of requests go there whatever the weights are. */
function mirrored(filters: readonly Json[], {servers, namespace}: Known): readonly string[] {
  return filters
    .filter(({type}) => type === 'RequestMirror')
    .map(filter => serviceOf(record(record(filter['requestMirror'])['backendRef']), namespace))
    .filter(name => name !== undefined && Object.values(servers).includes(name))
    .map(name => `mirrors requests to ${shown(name)}, whatever its weight is`)
}

const PARENT_KEYS = ['group', 'kind', 'namespace', 'name', 'sectionName', 'port'] as const

function parentOf(ref: Json, said: readonly Json[], namespace: string): Parent {
  const full = (of: Json): Json => ({group: 'gateway.networking.k8s.io', kind: 'Gateway', namespace, ...of})
  const same = (one: Json, two: Json): boolean => PARENT_KEYS.every(key => full(one)[key] === full(two)[key])
  const section = ref['sectionName'] === undefined ? '' : ` (${shown(ref['sectionName'])})`
  const words = `${shown(full(ref)['kind'])} ${shown(full(ref)['namespace'])}/${shown(ref['name'])}${section}`
  const own = said.filter(({parentRef}) => same(record(parentRef), ref))
  if (own.length === 0)
    return {words, isAccepted: false, reason: 'its controller has not said anything', observed: undefined}
  const conditions = own.flatMap(one => list(one['conditions']))
  const of = (type: string): Json | undefined => conditions.find(one => one['type'] === type)
  const wrong = [
    ...['Accepted', 'ResolvedRefs'].filter(type => of(type)?.['status'] !== 'True'),
    ...(of('PartiallyInvalid')?.['status'] === 'True' ? ['PartiallyInvalid'] : []),
  ]
  const observed = ['Accepted', 'ResolvedRefs']
    .map(type => of(type)?.['observedGeneration'])
    .filter(generation => typeof generation === 'number')
  return {
    words,
    isAccepted: wrong.length === 0,
    reason: wrong.map(type => conditionWords(type, of(type))).join('; ') || 'accepted',
    observed: observed.length === 0 ? undefined : Math.min(...observed),
  }
}

function conditionWords(type: string, condition: Json | undefined): string {
  if (condition === undefined) return `${type} is not said`
  const {status, reason, message} = condition
  return escapeLine(`${type} is ${text(status)}, ${text(reason)}: ${text(message)}`, 200)
}
