/**
 * The same JSON value with every string in it changed, keys of objects too: what a server sends may be a key. What has
 * nothing to change is not copied: thousands of probes bring back the same harmless words.
 */
export function mapStrings<T>(value: T, change: (text: string) => string): T {
  return mapAny(value, change) as T
}

function mapAny(value: unknown, change: (text: string) => string): unknown {
  if (typeof value === 'string') return change(value)
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return mapList(value, change)
  // A date and its like say themselves what they are as JSON.
  if (Object.getPrototypeOf(value) !== Object.prototype) return value
  return mapObject(value as Readonly<Record<string, unknown>>, change)
}

function mapList(list: readonly unknown[], change: (text: string) => string): readonly unknown[] {
  let mapped: unknown[] | undefined
  let index = 0
  for (const each of list) {
    const next = mapAny(each, change)
    if (!Object.is(next, each)) mapped ??= list.slice(0, index)
    mapped?.push(next)
    index += 1
  }
  return mapped ?? list
}

function mapObject(value: Readonly<Record<string, unknown>>, change: (text: string) => string): unknown {
  let mapped: (readonly [string, unknown])[] | undefined
  let index = 0
  for (const key in value) {
    const before = value[key]
    const name = change(key)
    const next = mapAny(before, change)
    if (name !== key || !Object.is(next, before)) mapped ??= Object.entries(value).slice(0, index)
    mapped?.push([name, next])
    index += 1
  }
  return mapped === undefined ? value : Object.fromEntries(mapped)
}
