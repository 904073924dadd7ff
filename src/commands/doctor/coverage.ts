import type {Rule} from '../../alerts/rules/rule.ts'
import {rulesFor} from '../../alerts/rules/rule-list.ts'
import {entriesOf, kinds} from '../../config/kinds.ts'
import type {Config} from '../../config/schema.ts'
import {targetId} from '../../monitors/sample.ts'
import type {CommandResult} from '../command.ts'
import {alignColumns} from '../runs/table.ts'

const LACKS = ['probe', 'rule', 'runbook', 'backup', 'objective'] as const
type Lack = (typeof LACKS)[number]

/** Something that is configured and has nobody to watch, answer or save it. */
export interface Gap {
  readonly target: string
  readonly lacks: Lack
  readonly why: string
  /** What to write where. */
  readonly fix: string
}

/** How many targets of a noun have each; null: it is nothing that this noun has. */
export interface NounCoverage extends Readonly<Record<Lack, number | null>> {
  readonly noun: string
  readonly targets: number
}

export interface Coverage {
  readonly nouns: readonly NounCoverage[]
  readonly gaps: readonly Gap[]
}

interface Place {
  readonly kind: (typeof kinds)[number]['target']
  readonly environment: string
  readonly name: string
}

/** Undefined: the noun has no such thing; otherwise what is missing, with how to add it. */
type Question = (place: Place, config: Config) => readonly Omit<Gap, 'target' | 'lacks'>[] | undefined

const QUESTIONS: Readonly<Record<Lack, Question>> = {
  probe: ({kind, environment, name}, {services}) =>
    kind !== 'release' || services.some(each => each.name === name && each.environment === environment)
      ? []
      : [
          {
            why: 'its slots are probed, but no service of that name answers as users see it',
            fix: `services: add ${name} with the address that users call`,
          },
        ],
  rule: (place, config) =>
    rulesOf(place, config).length > 0
      ? []
      : [{why: 'every rule is off for it', fix: 'alerts: rules: leave one on for it'}],
  runbook: (place, config) =>
    rulesOf(place, config)
      .filter(rule => rule.severity === 'critical' && rule.runbook === undefined)
      .map(({name}) => ({
        why: `its alert "${name}" is critical and has no runbook`,
        fix: `alerts: rules: {name: ${name}, on: [${place.kind}/${place.name}], runbook: {name: …}}`,
      })),
  backup: ({kind, environment, name}, {backups}) =>
    kind !== 'database'
      ? undefined
      : backups.some(each => each.database === name && each.environment === environment)
        ? []
        : [{why: 'no backup is of it', fix: `backups: add one with database: ${name}`}],
  objective: ({kind, environment, name}, {services}) =>
    kind !== 'service'
      ? undefined
      : services.find(each => each.name === name && each.environment === environment)?.objective !== undefined
        ? []
        : [{why: 'nothing is promised of it, so no error budget is counted', fix: `services: ${name}: objective`}],
}

/** What has no probe, rule, runbook, backup or objective, by the configuration. */
export function coverageOf(config: Config): Coverage {
  const gaps: Gap[] = []
  const nouns = kinds.flatMap(kind => {
    const places = entriesOf(config, kind).map(({environment, name}) => ({kind: kind.target, environment, name}))
    if (places.length === 0) return []
    const count = (lacks: Lack): number | null => {
      const found = places.map(place => ({place, missing: QUESTIONS[lacks](place, config)}))
      if (found.every(({missing}) => missing === undefined)) return null
      for (const {place, missing = []} of found)
        gaps.push(...missing.map(each => ({target: targetOf(place), lacks, ...each})))
      return found.filter(({missing}) => missing?.length === 0).length
    }
    const counts = Object.fromEntries(LACKS.map(lack => [lack, count(lack)])) as Record<Lack, number | null>
    return [{noun: kind.section, targets: places.length, ...counts}]
  })
  return {nouns, gaps}
}

const targetOf = ({kind, environment, name}: Place) => targetId(kind, environment, name)
const rulesOf = (place: Place, config: Config): readonly Rule[] =>
  rulesFor(config.alerts, {...place, target: targetOf(place)})

/** `doctor --coverage`. */
export function coverageResult(config: Config): CommandResult {
  const coverage = coverageOf(config)
  const cell = (count: number | null): string => (count === null ? '–' : String(count))
  const table = alignColumns([
    ['NOUN', 'TARGETS', ...LACKS.map(lack => lack.toUpperCase())],
    ...coverage.nouns.map(each => [each.noun, String(each.targets), ...LACKS.map(lack => cell(each[lack]))]),
  ])
  const gaps = coverage.gaps.flatMap(({target, lacks, why, fix}) => [`${target} has no ${lacks}: ${why}`, `  → ${fix}`])
  const end = gaps.length === 0 ? ['Everything is covered.'] : gaps
  const text = coverage.nouns.length === 0 ? 'Nothing is configured.' : [table, '', ...end].join('\n')
  return {data: coverage, text}
}
