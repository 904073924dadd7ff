import {expect, test} from 'vitest'
import {readConfig} from '../config/load.ts'

const read = (traffic: object, instances: object) =>
  readConfig(
    JSON.stringify({
      project: 'shop',
      environments: [{name: 'production'}],
      releases: [
        {
          name: 'web',
          slots: ['blue', 'green'].map(name => ({name, instances: [{name, url: `http://${name}.internal`}]})),
          traffic: {servers: {blue: 'blue', green: 'green'}, ...traffic},
          instances: {type: 'kubernetes', container: 'web', image: 'web:{version}', ...instances},
        },
      ],
    }),
    '/etc/opsconsole.yaml',
  )
const SERVICE = {type: 'kubernetes', service: 'web', namespace: 'shop'}
const GATEWAY = {type: 'gateway', route: 'web', namespace: 'shop', context: 'production'}

test('what moves the traffic and what starts the pods are of the same cluster and namespace', () => {
  expect(read(SERVICE, {namespace: 'shop'}).releases).toHaveLength(1)
  expect(read(GATEWAY, {namespace: 'shop', context: 'production'}).releases).toHaveLength(1)
})

test.each([
  ['another namespace', SERVICE, {namespace: 'staging'}, /instances\/namespace: should be that of traffic, shop/],
  ['none', SERVICE, {}, /instances\/namespace: should be that of traffic, shop/],
  [
    'another context',
    GATEWAY,
    {namespace: 'shop', context: 'staging'},
    /instances\/context: should be that of traffic, production/,
  ],
  [
    'a context for one of them',
    SERVICE,
    {namespace: 'shop', context: 'p'},
    /instances\/context: should be that of traffic, left out/,
  ],
])('an error of the configuration: %s', (_what, traffic, instances, words) => {
  expect(() => read(traffic, instances)).toThrow(words)
})
