import {expect, test} from 'vitest'
import {EXAMPLE, EXAMPLE_HEADER} from './example.ts'
import {readConfig} from './load.ts'
import {configShape, type Shape} from './shape.ts'
import {writeConfig} from './write.ts'

const text = writeConfig(EXAMPLE, {header: EXAMPLE_HEADER})

test('the example is accepted', () => {
  expect(readConfig(text, '/etc/opsconsole/opsconsole.yaml').releases[0]?.drainTimeout).toBe(60_000)
})

/** Paths of all keys in a schema and in data, without indexes; `type` tells options apart. */
function schemaKeys(shape: Shape, at: string): string[] {
  const options = [...(shape.oneOf ?? []), ...(shape.shape === 'secret' ? [] : (shape.anyOf ?? []))]
  const named = options.flatMap(option => {
    const type = option.properties?.['type']?.const
    return schemaKeys(option, typeof type === 'string' ? `${at}<${type}>` : at)
  })
  const keys = Object.entries(shape.properties ?? {}).flatMap(([key, inside]) => [
    `${at}/${key}`,
    ...schemaKeys(inside, `${at}/${key}`),
  ])
  return [...named, ...keys, ...(shape.items ? schemaKeys(shape.items, at) : [])]
}

function dataKeys(value: unknown, at: string, choices: ReadonlySet<string>): string[] {
  if (Array.isArray(value)) return value.flatMap(item => dataKeys(item, at, choices))
  if (typeof value !== 'object' || value === null) return []
  const {type} = value as {type?: string}
  const here = type !== undefined && choices.has(`${at}<${type}>/type`) ? `${at}<${type}>` : at
  return Object.entries(value).flatMap(([key, inside]) => [
    `${here}/${key}`,
    ...dataKeys(inside, `${here}/${key}`, choices),
  ])
}

test('the example shows every key there is', () => {
  const all = new Set(schemaKeys(configShape(), ''))
  const shown = new Set(dataKeys(EXAMPLE, '', all))
  expect([...all].filter(key => !shown.has(key))).toEqual([])
})

test('every key has a meaning in its schema', () => {
  const silent: string[] = []
  const look = (shape: Shape, at: string): void => {
    for (const option of [...(shape.oneOf ?? []), ...(shape.anyOf ?? [])]) look(option, at)
    if (shape.items) look(shape.items, at)
    for (const [key, inside] of Object.entries(shape.properties ?? {})) {
      if (!inside.description && key !== 'type' && inside.const === undefined) silent.push(`${at}/${key}`)
      look(inside, `${at}/${key}`)
    }
  }
  look(configShape(), '')
  expect(silent).toEqual([])
})
