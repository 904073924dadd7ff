/** The same JSON value with every string in it changed, keys of objects too: what a server sends may be a key. */
export function mapStrings<T>(value: T, change: (text: string) => string): T {
  return mapAny(value, change) as T
}

function mapAny(value: unknown, change: (text: string) => string): unknown {
  if (typeof value === 'string') return change(value)
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(each => mapAny(each, change))
  // A date and its like say themselves what they are as JSON.
  if (Object.getPrototypeOf(value) !== Object.prototype) return value
  const entries = Object.entries(value).map(([key, each]) => [change(key), mapAny(each, change)])
  return Object.fromEntries(entries)
}
