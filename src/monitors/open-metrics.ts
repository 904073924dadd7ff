import type {MetricValue} from 'prom-client'

export const OPEN_METRICS_TYPE = 'application/openmetrics-text; version=1.0.0; charset=utf-8'

export interface MetricFamily {
  readonly name: string
  readonly help: string
  readonly type: unknown
  readonly values: readonly MetricValue<string>[]
}

/** Units of the format; each metric name of ours ends in its unit, if it has one. */
const UNITS = ['seconds', 'bytes', 'ratio'] as const

/** Metrics as OpenMetrics 1.0 wants them: a unit for each that has one, counters that end in `_total`, and a last line. */
export const openMetricsText = (families: readonly MetricFamily[]): string =>
  `${families.map(familyText).join('')}# EOF\n`

function familyText({name, help, type, values}: MetricFamily): string {
  const is = kindOf(name, String(type))
  const family = is.ending === '' || !name.endsWith(is.ending) ? name : name.slice(0, -is.ending.length)
  const unit = UNITS.find(each => family.endsWith(`_${each}`))
  return [
    `# TYPE ${family} ${is.type}`,
    ...(unit === undefined ? [] : [`# UNIT ${family} ${unit}`]),
    `# HELP ${family} ${escape(help)}`,
    ...values.map(value => sampleLine(value, `${family}${is.ending}`)),
    '',
  ].join('\n')
}

/** What the format calls it, and how its samples end. A gauge that holds nothing but labels is an info there. */
function kindOf(name: string, type: string): {readonly type: string; readonly ending: string} {
  if (type === 'counter') return {type, ending: '_total'}
  return type === 'gauge' && name.endsWith('_info') ? {type: 'info', ending: '_info'} : {type, ending: ''}
}

function sampleLine({value, labels, metricName}: MetricValue<string> & {metricName?: string}, name: string): string {
  const pairs = Object.entries(labels).map(([label, text]) => `${label}="${escape(labelText(label, text))}"`)
  return `${metricName ?? name}${pairs.length === 0 ? '' : `{${pairs.join(',')}}`} ${numberText(value)}`
}

/** Bounds of buckets are floating-point numbers there: `1.0`. */
const labelText = (label: string, text: unknown): string =>
  label === 'le' && typeof text === 'number' && Number.isInteger(text) ? `${text}.0` : String(text)

const escape = (text: string): string =>
  text.replaceAll('\\', String.raw`\\`).replaceAll('"', String.raw`\"`).replaceAll('\n', String.raw`\n`)

function numberText(value: number): string {
  if (Number.isNaN(value)) return 'NaN'
  return Number.isFinite(value) ? String(value) : value < 0 ? '-Inf' : '+Inf'
}

/** Whether an `accept` header prefers OpenMetrics 1.0 to the older text. */
export function takesOpenMetrics(header: string | undefined): boolean {
  const asked = (header ?? '').split(',').map(each =>
    each
      .trim()
      .toLowerCase()
      .split(/\s*;\s*/),
  )
  const weight = (wanted: (type: string, version: string | undefined) => boolean): number =>
    Math.max(
      0,
      ...asked
        .filter(([type = '', ...rest]) => wanted(type, parameter(rest, 'version')))
        .map(([, ...rest]) => Number(parameter(rest, 'q') ?? 1) || 0),
    )
  const open = weight((type, version) => type === 'application/openmetrics-text' && (version ?? '1.0.0') === '1.0.0')
  return open > 0 && open >= weight(type => type === 'text/plain')
}

const parameter = (parameters: readonly string[], name: string): string | undefined =>
  parameters
    .find(each => each.startsWith(`${name}=`))
    ?.slice(name.length + 1)
    .replaceAll('"', '')
