/**
 * HTTPRoutes of the contract server, as the published CRD of Gateway API v1 (config/crd/standard) says: its defaults, its
 * limits of a weight, a status that is no part of the generation. What is accepted is said at once; no Gateway was run.
 */
type Json = {[key: string]: unknown}

export interface Operation {
  readonly op: 'add' | 'remove' | 'replace' | 'test'
  readonly path: string
  readonly value?: unknown
}

const list = (value: unknown): Json[] => (Array.isArray(value) ? (value as Json[]) : [])

export const withRouteDefaults = (spec: Json): Json => ({
  ...spec,
  parentRefs: list(spec['parentRefs']).map(ref => ({group: 'gateway.networking.k8s.io', kind: 'Gateway', ...ref})),
  rules: list(spec['rules']).map(rule => ({
    matches: [{path: {type: 'PathPrefix', value: '/'}}],
    ...rule,
    ...(rule['backendRefs'] === undefined
      ? {}
      : {backendRefs: list(rule['backendRefs']).map(ref => ({group: '', kind: 'Service', weight: 1, ...ref}))}),
  })),
})

/** What the validation of the CRD says; undefined when nothing. */
export function wrongInRoute({spec}: Json): string | undefined {
  const {rules} = spec as {rules: readonly Json[]}
  for (const [at, rule] of rules.entries())
    for (const [nth, {weight}] of list(rule['backendRefs']).entries())
      if (!Number.isInteger(weight) || Number(weight) < 0 || Number(weight) > 1_000_000)
        return `spec.rules[${at}].backendRefs[${nth}].weight: Invalid value: ${String(weight)}`
  return undefined
}

/** Every Gateway accepts what is wanted, unless what is said of it is held. */
export function routeStatus(object: Json, held: ReadonlyMap<string, readonly Json[]>): Json {
  const {name, generation} = object['metadata'] as {name: string; generation: number}
  const {parentRefs} = object['spec'] as {parentRefs: readonly Json[]}
  const conditions = ['Accepted', 'ResolvedRefs'].map(type => ({
    type,
    status: 'True',
    reason: type,
    message: '',
    observedGeneration: generation,
  }))
  const accepted = parentRefs.map(parentRef => ({parentRef, controllerName: 'example.com/gateway', conditions}))
  return {...object, status: {parents: held.get(name) ?? accepted}}
}

/** RFC 6902, for members of objects and lists that are there. Undefined: an operation does not hold, so none does. */
export function applyJsonPatch(object: Json, operations: readonly Operation[]): Json | undefined {
  const next = structuredClone(object)
  for (const {op, path, value} of operations) {
    const keys = path.split('/').slice(1)
    const last = keys.pop() ?? ''
    const place = keys.reduce<unknown>((at, key) => (at as Json | undefined)?.[key], next) as Json | undefined
    if (typeof place !== 'object' || place === null) return undefined
    if (op !== 'add' && !(last in place)) return undefined
    if (op === 'test' && JSON.stringify(place[last]) !== JSON.stringify(value)) return undefined
    if (op === 'remove') delete place[last]
    if (op === 'add' || op === 'replace') place[last] = value
  }
  return next
}
