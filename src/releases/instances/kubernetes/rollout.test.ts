import {expect, test} from 'vitest'
import {podTroubles, rolloutOf} from './rollout.ts'

const deployment = (status: object, generation = 2) => ({metadata: {generation}, spec: {replicas: 4}, status})
const all = {observedGeneration: 2, replicas: 4, updatedReplicas: 4, readyReplicas: 4, availableReplicas: 4}
const available = (status: string) => ({conditions: [{type: 'Available', status}]})

test.each([
  ['all are there', all, {isComplete: true, isAvailable: true, isPure: true, words: '4 of 4 pods available'}],
  [
    'a change that its controller has not seen: what is ready is ready for what was wanted before',
    {...all, observedGeneration: 1},
    {isComplete: false, isAvailable: false, ready: 0, words: 'its change is not seen yet by the cluster'},
  ],
  [
    'old pods beside new ones',
    {...all, replicas: 5, updatedReplicas: 2, ...available('True')},
    {
      isComplete: false,
      isPure: false,
      isAvailable: true,
      words: '4 of 4 pods available, 3 of an older version, 1 too many',
    },
  ],
  [
    'one of four is gone, as its Deployment allows',
    {...all, readyReplicas: 3, availableReplicas: 3, ...available('True')},
    {isComplete: false, isPure: true, isAvailable: true, ready: 3},
  ],
  [
    'none is there, and none will be',
    {
      observedGeneration: 2,
      replicas: 4,
      updatedReplicas: 4,
      conditions: [
        {type: 'Available', status: 'False'},
        {type: 'Progressing', status: 'False', reason: 'ProgressDeadlineExceeded', message: 'web-5 has timed out'},
      ],
    },
    {isAvailable: false, words: '0 of 4 pods available, past its progress deadline: web-5 has timed out'},
  ],
  ['fewer are wanted than there are', {...all, replicas: 9, updatedReplicas: 9}, {isComplete: false}],
] as const)('%s', (_what, status, expected) => {
  expect(rolloutOf(deployment(status))).toMatchObject(expected)
})

test('none wanted, as after a stop, is complete', () => {
  expect(rolloutOf({metadata: {generation: 1}, spec: {replicas: 0}, status: {observedGeneration: 1}})).toMatchObject({
    isComplete: true,
    wanted: 0,
  })
})

const pod = (name: string, status: object) => ({metadata: {name}, status})

test('pods say why they are not ready', () => {
  const items = [
    pod('web-1', {containerStatuses: [{ready: true}]}),
    pod('web-2', {
      containerStatuses: [
        {
          state: {waiting: {reason: 'CrashLoopBackOff', message: 'back-off 40s'}},
          lastState: {terminated: {exitCode: 1, reason: 'Error'}},
        },
      ],
    }),
    pod('web-3', {conditions: [{type: 'PodScheduled', status: 'False', message: '0/3 nodes are available'}]}),
    pod('web-4', {containerStatuses: [{ready: false, restartCount: 2, state: {running: {}}}]}),
    pod('web-5', {containerStatuses: [{ready: false}]}),
  ]
  expect(podTroubles({items})).toEqual([
    'web-2: CrashLoopBackOff, back-off 40s, last ended with 1 (Error)',
    'web-3: not scheduled, 0/3 nodes are available',
    'web-4: runs and is not ready, 2 restarts',
  ])
  expect(podTroubles(undefined)).toEqual([])
})

test('one that is paused says so: what is wanted of it changes no pod', () => {
  const {spec, ...rest} = deployment({...all, updatedReplicas: 0})
  expect(rolloutOf({...rest, spec: {...spec, paused: true}})).toMatchObject({
    isComplete: false,
    words: '4 of 4 pods available, 4 of an older version, paused',
  })
})
