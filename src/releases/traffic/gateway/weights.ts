import type {Move} from '../traffic-driver.ts'
import type {Backend, Route, Rule} from './route.ts'

/** One operation of a JSON patch (RFC 6902). */
export interface PatchOperation {
  readonly op: 'test' | 'replace' | 'add'
  readonly path: string
  readonly value: string | number
}

/** What a server has that serves with nothing else said, beside others with the same. */
const OWN = 100

/**
 * The patch that gives every rule the weights of these moves; empty where they are so already. It only holds for the very
 * route that was read: `generation` counts every change of what is wanted of it, and never a change of its status.
 */
export function patchFor({uid, generation, rules}: Route, moves: readonly Move[]): readonly PatchOperation[] {
  const operations = rules.flatMap((rule, at) =>
    rule.isOurs
      ? rule.backends.flatMap((backend, nth) => weightOf(rule, backend, moves, `${at}/backendRefs/${nth}`))
      : [],
  )
  if (operations.length === 0) return []
  return [
    {op: 'test', path: '/metadata/uid', value: uid},
    {op: 'test', path: '/metadata/generation', value: generation},
    ...operations,
  ]
}

function weightOf(rule: Rule, backend: Backend, moves: readonly Move[], at: string): readonly PatchOperation[] {
  const move = moves.find(({server}) => server === backend.server)
  if (move === undefined) return []
  const value = move.to === 'serving' ? servingWeight(rule, backend, move) : 0
  if (value === backend.weight) return []
  return [{op: backend.isWeightGiven ? 'replace' : 'add', path: `/spec/rules/${at}/weight`, value}]
}

function servingWeight({backends}: Rule, backend: Backend, {weight}: Move): number {
  if (typeof weight === 'number') return weight
  if (weight === 'own') return OWN
  if (backend.weight > 0) return backend.weight
  return Math.max(...backends.filter(({server}) => server !== undefined).map(one => one.weight)) || OWN
}

/** The weights of one server in all rules that name it; undefined: none does. */
export function weightsOf(
  {rules}: Route,
  server: string,
): readonly {readonly weight: number; readonly of: number}[] | undefined {
  const all = rules.flatMap(({backends}) => {
    const of = backends.reduce((sum, {weight}) => sum + weight, 0)
    return backends.filter(one => one.server === server).map(({weight}) => ({weight, of}))
  })
  return all.length === 0 ? undefined : all
}

/** `WEIGHT 5 of 100`, and each of them where rules differ: `WEIGHT 5 of 100, 0 of 100 (rules differ)`. */
export function weightWords(weights: readonly {readonly weight: number; readonly of: number}[]): string {
  const words = [...new Set(weights.map(({weight, of}) => `${weight} of ${of}`))]
  return `WEIGHT ${words.join(', ')}${words.length > 1 ? ' (rules differ)' : ''}`
}
