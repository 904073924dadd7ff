import {expect, test, vi} from 'vitest'
import type {z} from 'zod'

/** Its keys are there: somebody has read by them. */
const isMade = ({_zod}: z.core.$ZodObject): boolean =>
  Object.getOwnPropertyDescriptor(_zod.def, 'shape')?.get === undefined

test('a command makes the schemas of what is configured, and no others', async () => {
  // As in a process of its own: tests that ran before have read other sections.
  vi.resetModules()
  const [{KINDS}, {readConfig}, {probes}] = await Promise.all([
    import('./kinds.ts'),
    import('./load.ts'),
    import('../probes/registry.ts'),
  ])
  const text = `environments: [{name: bench}]
services: [{name: web, probe: {type: tcp, host: 127.0.0.1, port: 9}}]
`
  expect(readConfig(text, '/opsconsole.yaml').services).toHaveLength(1)
  expect(KINDS.filter(({schema}) => isMade(schema)).map(({section}) => section)).toEqual(['services'])
  expect(probes.schema.options.filter(isMade).map(({shape}) => shape.type.value)).toEqual(['tcp'])
})
