import {newestGood} from '../judge-catalog.ts'
import {earliestMoment} from '../moment.ts'
import type {BackupEntry, CopyState, RulePart} from '../rows.ts'

export interface RuleInput {
  readonly entries: readonly BackupEntry[]
  /** What kind of storage the first place is: `dir`. */
  readonly type: string
  readonly copies: readonly CopyState[]
  /** Where the data are when they are not in the storage: `the repository of restic`. Copies of that are not read here. */
  readonly outside?: string | undefined
  readonly now: number
}

/**
 * Three copies of the data, the live one among them, on two kinds of storage, one off-site, one that cannot be changed,
 * and no errors. Judged for the newest good backup: an old copy of another one does not count. Pure.
 */
export function ruleOf({entries, type, copies, outside, now}: RuleInput): readonly RulePart[] {
  const newest = newestGood(entries, now)
  if (outside !== undefined && newest !== undefined) return outsideRule(outside, errorsOf(entries, copies))
  const holders = newest === undefined ? [] : copies.filter(({good}) => good.includes(newest.id))
  const places = newest === undefined ? [] : ['the first place', ...holders.map(({name}) => name)]
  const types = newest === undefined ? [] : [...new Set([type, ...holders.map(holder => holder.type)])]
  const offSite = holders.filter(holder => holder.offSite).map(({name}) => name)
  const immutable = holders.filter(holder => holder.immutable).map(({name}) => name)
  const errors = errorsOf(entries, copies)
  const named = (names: readonly string[], none: string): string => (names.length === 0 ? none : names.join(', '))
  // Nobody can ask a place where it stands, and not every one what it allows.
  const declared = (names: readonly string[], none: string): string =>
    names.length === 0 ? none : `${names.join(', ')}, as declared`
  return [
    {
      digit: '3',
      meaning: 'copies',
      holds: places.length >= 2,
      why: newest === undefined ? 'no backup is good' : `the newest is live, and in ${places.join(', ')}`,
    },
    {digit: '2', meaning: 'kinds of storage', holds: types.length >= 2, why: named(types, 'no backup is good')},
    {
      digit: '1',
      meaning: 'off-site',
      holds: offSite.length > 0,
      why: declared(offSite, 'no copy that is declared off-site has the newest'),
    },
    {
      digit: '1',
      meaning: 'immutable',
      holds: immutable.length > 0,
      why: declared(immutable, 'no copy that is declared immutable has the newest'),
    },
    errorsPart(errors),
  ]
}

const errorsPart = (errors: readonly string[]): RulePart => ({
  digit: '0',
  meaning: 'errors',
  holds: errors.length === 0,
  why: errors[0] ?? 'all read completely, a restore was proved',
})

/** The kind of our storage says nothing of what another program keeps, nor do places that have only our lists. */
function outsideRule(outside: string, errors: readonly string[]): readonly RulePart[] {
  const unknown = {holds: false, unknown: true, why: `no copy of ${outside} is known here`} as const
  return [
    {
      digit: '3',
      meaning: 'copies',
      ...unknown,
      why: `the newest is live, and in ${outside}; no copy of that is known here`,
    },
    {digit: '2', meaning: 'kinds of storage', ...unknown},
    {digit: '1', meaning: 'off-site', ...unknown},
    {digit: '1', meaning: 'immutable', ...unknown},
    errorsPart(errors),
  ]
}

function errorsOf(entries: readonly BackupEntry[], copies: readonly CopyState[]): readonly string[] {
  const damaged = entries.filter(({state}) => state === 'damaged').map(({id}) => `${id} is damaged`)
  const away = copies.flatMap(({name, fault}) => (fault === undefined ? [] : [`${name}: ${fault}`]))
  const bad = copies.flatMap(({name, damaged: ids}) => ids.map(id => `${id} is damaged in ${name}`))
  const untested = entries.some(({restoreTestedAt}) => restoreTestedAt !== undefined)
    ? []
    : ['no restore of these was ever proved']
  return [...damaged, ...away, ...bad, ...untested]
}

/**
 * Why the copies do not do, for the state of the backup: a place that cannot be read, or that has nothing young enough.
 * A place has as long as the objective says to get its first one.
 */
export function copyFault(
  {copies, entries, now}: Pick<RuleInput, 'copies' | 'entries' | 'now'>,
  rpoMs: number,
): string | undefined {
  const first = Math.min(...entries.filter(({state}) => state === 'good').map(earliestMoment))
  const faults = copies.flatMap(({name, fault, newestAt}) => {
    if (fault !== undefined) return [`the copies in ${name} cannot be read: ${fault}`]
    if (now - Math.max(first, newestAt ?? 0) <= rpoMs) return []
    if (newestAt === undefined) return [`${name} has no good copy: opsconsole run copy-backup`]
    return [`${name} has no copy that is young enough: opsconsole run copy-backup`]
  })
  return faults[0]
}
