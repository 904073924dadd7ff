import type {Issue} from '../../kinds/issue.ts'
import {lastDue, parseCron} from '../../units/cron.ts'
import {formatMoment} from '../../units/moment.ts'
import {wallOf} from '../../units/wall-time.ts'
import {momentIn} from '../../units/zone.ts'
import type {FreezeConfig} from './config.ts'

/** A change freeze that holds now. */
export interface FreezeInForce {
  readonly freeze: FreezeConfig
  readonly endsAt: number
}

/** The change freezes of an environment that hold at a moment; of several the one that ends last comes first. */
export function freezesInForce(
  freezes: readonly FreezeConfig[],
  environment: string,
  now: number,
): readonly FreezeInForce[] {
  const found = freezes.flatMap(freeze => {
    const endsAt = freeze.environments?.includes(environment) === false ? undefined : endOf(freeze, now)
    return endsAt === undefined ? [] : [{freeze, endsAt}]
  })
  return found.sort((one, other) => other.endsAt - one.endsAt)
}

/** `change freeze christmas until 2026-12-26 23:00 UTC` */
export const freezeWords = ({freeze, endsAt}: FreezeInForce, now: number): string =>
  `change freeze ${freeze.name} until ${formatMoment(endsAt, now)}`

/** The same for an environment; undefined: none holds there. */
export function freezeHere(freezes: readonly FreezeConfig[], environment: string, now: number): string | undefined {
  const [first] = freezesInForce(freezes, environment, now)
  return first && freezeWords(first, now)
}

/** Undefined: it does not hold. */
function endOf({from, until, cron, for: lengthMs, zone}: FreezeConfig, now: number): number | undefined {
  const [begins, ends] = [wallOf(from ?? ''), wallOf(until ?? '')]
  if (begins !== undefined && ends !== undefined) {
    const end = momentIn(zone, ends)
    return momentIn(zone, begins) <= now && now < end ? end : undefined
  }
  const parsed = cron === undefined ? undefined : parseCron(cron)
  if (!parsed || lengthMs === undefined) return undefined
  const began = lastDue(parsed, zone, {after: now - lengthMs, until: now})
  return began === undefined ? undefined : began + lengthMs
}

/** What the schema cannot see, by path from the list: one way of saying when, and environments that there are. */
export function checkFreezes(freezes: readonly FreezeConfig[], environments: readonly string[]): readonly Issue[] {
  return freezes.flatMap(({from, until, cron, for: lengthMs, environments: named = []}, index) => {
    const at = (...path: readonly PropertyKey[]): readonly PropertyKey[] => [index, ...path]
    const [once, often] = [
      [from, until],
      [cron, lengthMs],
    ].map(pair => pair.filter(each => each !== undefined).length)
    const when: readonly Issue[] =
      (once === 2 && often === 0) || (once === 0 && often === 2)
        ? []
        : [{path: at(), message: () => 'should have from and until, or cron and for'}]
    const order: readonly Issue[] =
      once === 2 && (wallOf(until ?? '') ?? 0) <= (wallOf(from ?? '') ?? 0)
        ? [{path: at('until'), message: () => 'should be later than from'}]
        : []
    const unknown = named.flatMap((name, place): readonly Issue[] =>
      environments.includes(name)
        ? []
        : [
            {
              path: at('environments', place),
              message: () => `should be one of ${environments.join(', ')}, got ${JSON.stringify(name)}`,
            },
          ],
    )
    return [...when, ...order, ...unknown]
  })
}
