import {readFileSync} from 'node:fs'
import path from 'node:path'
import {expect, test} from 'vitest'
import {readConfig} from './load.ts'
import {secretRefs} from './secret-refs.ts'
import {configShape, type Shape} from './shape.ts'

const EXAMPLE = path.resolve(import.meta.dirname, '../../docs/example.opsconsole.yaml')

/** How many places for secrets a documented shape has; each stands once in the example at least. */
function placesIn(shape: Shape): number {
  if (shape.shape === 'secret') return 1
  const inside = [
    ...Object.values(shape.properties ?? {}),
    ...(shape.items ? [shape.items] : []),
    ...(shape.oneOf ?? []),
    ...(typeof shape.additionalProperties === 'object' ? [shape.additionalProperties] : []),
  ]
  return inside.reduce((sum, part) => sum + placesIn(part), 0)
}

test('every kind of place where a secret may stand is found, with its path', () => {
  const found = secretRefs(readConfig(readFileSync(EXAMPLE), EXAMPLE))
  expect(found.map(({path: place}) => place)).toEqual(
    expect.arrayContaining(['services/0/probe/headers/Authorization', 'databases/0/adminUrl', 'sharedLocks/url']),
  )
  expect(found.length).toBeGreaterThanOrEqual(placesIn(configShape()))
  for (const {ref} of found)
    expect(typeof ref === 'string' || /^(env|file|command)$/.test(Object.keys(ref)[0]!)).toBe(true)
})

test('what is left out is no secret', () => {
  const config = readConfig(
    'environments: [{name: a}]\ndatabases: [{name: b, url: {env: B}}]\n',
    '/etc/opsconsole.yaml',
  )
  expect(secretRefs(config)).toEqual([{path: 'databases/0/url', ref: {env: 'B'}}])
})
