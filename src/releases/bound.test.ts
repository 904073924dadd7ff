import {expect, test} from 'vitest'
import {forgetfulMemory} from '../kinds/memory.ts'
import {plainTools} from '../../test/servers/ops-tools.ts'
import {boundTo, requireBound} from './bound.ts'
import {releaseSchema} from './config.ts'
import type {ReleaseContext} from './context.ts'

const config = releaseSchema.parse({
  name: 'shop',
  traffic: {type: 'haproxy', socket: '/none', backend: 'none'},
  instances: {type: 'command', deploy: ['none'], stop: ['none']},
  slots: ['blue', 'green'].map(name => ({name, instances: [{name: `${name}-1`, url: `http://${name}`}]})),
})
const memory = forgetfulMemory()
const context = (uid: string | undefined, run: string): ReleaseContext =>
  ({
    config,
    traffic: {target: 'service shop/web', ...(uid === undefined ? {} : {identity: async () => `Service ${uid}`})},
    instances: {identity: async (places: readonly object[]) => `${places.length} of ${uid}`},
    tools: plainTools({memory, run}),
  }) as unknown as ReleaseContext

test('a run changes what it changed first, also when it is resumed; another run may begin with something else', async () => {
  expect(await boundTo(context('a', 'r1'))).toBe('Service a; 2 of a')
  await requireBound(context('a', 'r1'))
  await requireBound(context('a', 'r1'))
  await expect(requireBound(context('b', 'r1'))).rejects.toThrow(
    'service shop/web is another one than this run began with: it was Service a; 2 of a, and is Service b; 2 of b',
  )
  await requireBound(context('b', 'r2'))
  await expect(requireBound(context('a', 'r2'))).rejects.toMatchObject({code: 'release/not-ready'})
})

test('where names say it all nothing is asked and nothing is noted', async () => {
  const own = {...context(undefined, 'r3'), instances: {} as ReleaseContext['instances']}
  expect(await boundTo(own)).toBeUndefined()
  await requireBound(own)
})
