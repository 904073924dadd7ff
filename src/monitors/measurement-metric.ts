/** A measurement as a Prometheus wants it: a name that ends in its unit, and what makes base units of its value. */
export interface MeasurementMetric {
  readonly name: string
  readonly factor: number
}

/** Endings of our names: what they become, and how much of the base unit one is. */
const UNITS: readonly (readonly [RegExp, string, number])[] = [
  [/Ms$/, 'Seconds', 0.001],
  [/Days$/, 'RemainingSeconds', 86_400],
  [/Rate$/, 'Ratio', 1],
]
/** `_count` is the ending of a histogram's own series. */
const NAMES: Readonly<Record<string, string>> = {count: 'kept'}

/** `cache`, `hitRate` → `opsconsole_cache_hit_ratio`; `database`, `archiveLagMs` → `opsconsole_database_archive_lag_seconds`. */
export function measurementMetric(kind: string, measurement: string): MeasurementMetric {
  const [ending, unit, factor] = UNITS.find(([known]) => known.test(measurement)) ?? [/$/, '', 1]
  const named = NAMES[measurement] ?? measurement.replace(ending, unit)
  const words = named.replaceAll(/[A-Z]/g, letter => `_${letter.toLowerCase()}`).replaceAll(/[^a-z0-9_]/g, '_')
  return {name: `opsconsole_${kind}_${words}`, factor}
}
