import {expect, test} from 'vitest'
import {routeOf} from './route.ts'

const SERVERS = {blue: 'web-blue', green: 'web-green'}
type Json = Readonly<Record<string, unknown>>

const PARENT = {group: 'gateway.networking.k8s.io', kind: 'Gateway', name: 'public'}
const said = (status: string, more: Json = {}) => ({
  parentRef: PARENT,
  conditions: [
    {type: 'Accepted', status, reason: 'NoMatchingParent', message: 'no listener', observedGeneration: 3},
    {type: 'ResolvedRefs', status: 'True', reason: 'ResolvedRefs', message: '', observedGeneration: 3},
  ],
  ...more,
})
const route = (
  rules: readonly Json[],
  {parents = [said('True')], parentRefs = [PARENT]}: {parents?: readonly Json[]; parentRefs?: readonly Json[]} = {},
) =>
  routeOf(
    {
      kind: 'HTTPRoute',
      apiVersion: 'gateway.networking.k8s.io/v1',
      metadata: {name: 'web', namespace: 'shop', uid: 'u', generation: 3},
      spec: {parentRefs, rules},
      status: {parents},
    },
    SERVERS,
  )
const to = (name: string, more: Json = {}): Json => ({group: '', kind: 'Service', name, port: 80, ...more})
const BOTH = [to('web-blue', {weight: 95}), to('web-green', {weight: 5})]

test('a rule with the Services of all instances is ours; what a weight is when nothing is said is one', () => {
  const {rules, problems} = route([{backendRefs: [to('web-blue'), to('web-green', {weight: 0})]}])
  expect(problems).toEqual([])
  expect(rules).toEqual([
    {
      words: 'rule 1',
      isOurs: true,
      backends: [
        {name: 'web-blue', server: 'blue', weight: 1, isWeightGiven: false},
        {name: 'web-green', server: 'green', weight: 0, isWeightGiven: true},
      ],
    },
  ])
})

test.each<[string, Json, readonly string[]]>([
  [
    'filters that only change the request or its answer',
    {filters: [{type: 'URLRewrite'}, {type: 'CORS'}], timeouts: {}, retry: {}},
    [],
  ],
  ['one backend more of no weight', {backendRefs: [...BOTH, to('old', {weight: 0})]}, []],
  [
    'one backend more that takes requests',
    {backendRefs: [...BOTH, to('old')]},
    ['rule 1 sends weight 1 to old, which is of no slot'],
  ],
  [
    'a Service of the same name elsewhere',
    {backendRefs: [...BOTH, to('web-blue', {namespace: 'other', weight: 5})]},
    ['rule 1 sends weight 5 to Service other/web-blue, which is of no slot'],
  ],
  [
    'something else of the same name',
    {backendRefs: [...BOTH, to('web-blue', {group: 'multicluster.x-k8s.io', kind: 'ServiceImport'})]},
    ['rule 1 sends weight 1 to ServiceImport shop/web-blue, which is of no slot'],
  ],
  [
    'a slot alone',
    {name: 'api', backendRefs: [to('web-blue')]},
    ['rule 1 (api) sends to web-blue and not to web-green: weights would not move it'],
  ],
  ['a slot twice', {backendRefs: [...BOTH, to('web-blue', {port: 81})]}, ['rule 1 sends to web-blue twice']],
  [
    'sessions',
    {backendRefs: BOTH, sessionPersistence: {type: 'Cookie'}},
    ['rule 1 keeps clients on the backend they had (sessionPersistence): weights do not move those'],
  ],
  [
    'a mirror of a slot',
    {filters: [{type: 'RequestMirror', requestMirror: {backendRef: to('web-green')}}]},
    ['rule 1 mirrors requests to web-green, whatever its weight is'],
  ],
  [
    'a filter and a key of a later API',
    {filters: [{type: 'Teleport'}], hedge: {}},
    ['rule 1 has hedge, which is not understood', 'rule 1 has a filter Teleport, which is not understood'],
  ],
  ['a redirect without backends', {backendRefs: [], filters: [{type: 'RequestRedirect'}]}, []],
  ['somebody else', {backendRefs: [to('docs')], sessionPersistence: {}, hedge: {}}, []],
])('what would not follow the weights is said: %s', (_what, rule, problems) => {
  expect(route([{backendRefs: BOTH, ...rule}]).problems).toEqual(problems)
})

test('a filter of the implementation is named, and stops nothing', () => {
  const {problems, notes} = route([
    {backendRefs: BOTH, filters: [{type: 'ExtensionRef', extensionRef: {kind: 'Middleware', name: 'auth'}}]},
  ])
  expect(problems).toEqual([])
  expect(notes).toEqual(['rule 1 has a filter of its implementation that is not read (Middleware auth)'])
})

test.each<[string, Json, Json]>([
  ['accepts it', {parents: [said('True')]}, {isAccepted: true, reason: 'accepted', observed: 3}],
  [
    'does not',
    {parents: [said('False')]},
    {isAccepted: false, reason: 'Accepted is False, NoMatchingParent: no listener', observed: 3},
  ],
  [
    'says nothing',
    {parents: []},
    {isAccepted: false, reason: 'its controller has not said anything', observed: undefined},
  ],
  [
    'says it of another listener',
    {parents: [said('True', {parentRef: {...PARENT, sectionName: 'https'}})]},
    {isAccepted: false, reason: 'its controller has not said anything'},
  ],
  [
    'says nothing of its backends, nor of which generation',
    {parents: [{parentRef: PARENT, conditions: [{type: 'Accepted', status: 'True'}]}]},
    {isAccepted: false, reason: 'ResolvedRefs is not said', observed: undefined},
  ],
  [
    'leaves rules out',
    {
      parents: [
        said('True', {
          conditions: [
            ...said('True').conditions,
            {type: 'PartiallyInvalid', status: 'True', reason: 'UnsupportedValue', message: 'Dropped Rule 2'},
          ],
        }),
      ],
    },
    {isAccepted: false, reason: 'PartiallyInvalid is True, UnsupportedValue: Dropped Rule 2'},
  ],
])('a Gateway that %s', (_what, status, parent) => {
  expect(route([{backendRefs: BOTH}], status).parents).toMatchObject([{words: 'Gateway shop/public', ...parent}])
})

test('what a parent leaves out is what the API has for it', () => {
  const parents = [said('True', {parentRef: {name: 'public', namespace: 'shop'}})]
  expect(route([], {parents}).parents).toMatchObject([{isAccepted: true}])
  expect(route([], {parentRefs: []}).problems).toEqual(['it is attached to no Gateway'])
})

test('anything but an HTTPRoute of the Gateway API is refused', () => {
  for (const wrong of [null, 'x', {}, {kind: 'HTTPRoute', apiVersion: 'example.com/v1', metadata: {generation: 1}}])
    expect(() => routeOf(wrong, SERVERS)).toThrow('no HTTPRoute of the Gateway API')
})
