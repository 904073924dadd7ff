import {expect, test} from 'vitest'
import {releaseSchema} from './config.ts'
import {probeInstance} from './instance.ts'

const config = releaseSchema.parse({
  name: 'web',
  traffic: {type: 'haproxy', socket: '/run/haproxy.sock', backend: 'app'},
  slots: [
    {
      name: 'blue',
      instances: [
        {name: 'blue1', url: 'http://10.0.0.11:3001'},
        {name: 'blue2', url: 'http://127.0.0.1:3001'},
        {name: 'blue3', url: 'http://[::1]:3001'},
        {name: 'blue4', url: 'http://10.0.0.12:3001', host: 'app-12'},
      ],
    },
    {name: 'green', instances: [{name: 'green1', url: 'http://app-2.internal:3001'}]},
  ],
  instances: {type: 'command', deploy: ['deploy'], stop: ['stop']},
})

test('an instance runs where its URL points, unless the configuration says otherwise', async () => {
  const ask = {config, request: () => Promise.reject(new Error('away')), signal: AbortSignal.timeout(5000)}
  const hosts = config.slots.flatMap(({name, instances}) =>
    instances.map(async instance => (await probeInstance(instance, name, ask)).host),
  )
  expect(await Promise.all(hosts)).toEqual(['10.0.0.11', 'localhost', 'localhost', 'app-12', 'app-2.internal'])
})
