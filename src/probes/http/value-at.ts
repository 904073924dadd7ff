/** The value at `checks.database.status` or `items.0.name`; undefined when it is not there. */
export function valueAt(document: unknown, path: string): unknown {
  let here: unknown = document
  for (const key of path.replaceAll(/\[(\d+)\]/g, '.$1').split('.')) {
    if (typeof here !== 'object' || here === null || !Object.hasOwn(here, key)) return undefined
    here = (here as Readonly<Record<string, unknown>>)[key]
  }
  return here
}
