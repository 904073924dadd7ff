/** `data.items[0].id`: one value inside a JSON document; undefined when there is none. An empty path is the document. */
export function valueAt(document: unknown, path: string): unknown {
  let value = document
  for (const [, key, index] of path.matchAll(STEP)) {
    const step = key ?? Number(index)
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined
    value = (value as Readonly<Record<string | number, unknown>>)[step]
  }
  return value
}

const STEP = /(?:^|\.)([^.[\]]+)|\[(\d+)\]/g

export const JSON_PATH = /^$|^(?:[^.[\]]+|\[\d+\])(?:\.[^.[\]]+|\[\d+\])*$/

/** A value in the words of a configuration: `true`, `SUCCESS`, and `none` where there is nothing. */
export const wordAt = (document: unknown, path: string): string => {
  const value = valueAt(document, path)
  if (value === undefined || value === null) return 'none'
  return typeof value === 'string' ? value : JSON.stringify(value)
}

/** The elements of a list, or the values of an object; undefined: there is neither. */
export function elementsAt(document: unknown, path: string): readonly unknown[] | undefined {
  const value = valueAt(document, path)
  if (Array.isArray(value)) return value
  return typeof value === 'object' && value !== null ? Object.values(value) : undefined
}
