import {expect, test} from 'vitest'
import {openKubernetesInstances} from './kubernetes.ts'
import {kubernetesInstancesSchema} from './schema.ts'

const open = (spec: Readonly<Record<string, unknown>>) =>
  openKubernetesInstances(
    kubernetesInstancesSchema.parse({type: 'kubernetes', container: 'web', image: 'web:{version}', ...spec}),
    {exec: () => Promise.reject(new Error('nothing runs here')), directory: '/'},
  )

test('context and namespace stand before the verb, and image and pods are one patch', () => {
  const driver = open({context: 'production', namespace: 'shop', deployment: 'web-{slot}', replicas: 4})
  expect(driver.start({slot: 'green', instance: 'green1'}, '1.2.0').text).toBe(
    `kubectl --context=production --namespace=shop patch deployment web-green --type=strategic '--patch={"spec":{"replicas":4,"template":{"spec":{"containers":[{"name":"web","image":"web:1.2.0"}]}}}}'`,
  )
})

test('a version that could be an option or a second word is refused', () => {
  for (const version of ['--all', 'a b', ''])
    expect(() => open({}).start({slot: 'a', instance: 'b'}, version)).toThrow()
})
