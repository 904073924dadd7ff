import {OpsError} from '../errors.ts'

/** So many hosts, or a part of all of them: `4`, `'10%'`. */
export type HostCount = number | `${number}%`

export interface BatchSizes {
  readonly first?: HostCount
  readonly batch?: HostCount
  readonly stopAfter?: HostCount
}

/** The hosts in their order: the first batch, then batches of the usual size. */
export function batchesOf(names: readonly string[], {first, batch = 1}: BatchSizes): readonly (readonly string[])[] {
  const size = countOf('batch', batch, {all: names.length, least: 1})
  const head = first === undefined ? size : countOf('first', first, {all: names.length, least: 1})
  const rest = names.slice(head)
  const batches = Array.from({length: Math.ceil(rest.length / size)}, (_, nth) =>
    rest.slice(nth * size, (nth + 1) * size),
  )
  return names.length === 0 ? [] : [names.slice(0, head), ...batches]
}

/** How many hosts may fail, over all batches. */
export const limitOf = (names: readonly string[], {stopAfter = 0}: BatchSizes): number =>
  countOf('stopAfter', stopAfter, {all: names.length, least: 0})

/** A part is rounded down: `10%` of 25 hosts are 2. */
function countOf(
  key: keyof BatchSizes,
  given: HostCount,
  {all, least}: {readonly all: number; readonly least: number},
): number {
  const percent = typeof given === 'string' ? /^(\d+(?:\.\d+)?)%$/.exec(given)?.[1] : undefined
  if (percent !== undefined && Number(percent) <= 100) return Math.max(least, Math.floor((all * Number(percent)) / 100))
  if (typeof given === 'number' && Number.isInteger(given) && given >= least) return given
  throw new OpsError(
    'runbook/invalid',
    `${key} should be a whole number, ${least} or more, or a part of all hosts such as "10%", got ${JSON.stringify(given)}`,
  )
}
