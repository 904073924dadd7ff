import {OpsError} from '../../errors.ts'
import {policyOf, removeListed} from '../keeping-ops.ts'
import type {PrunePlan} from '../retention.ts'
import {formatBytes} from '../../units/bytes.ts'
import type {OpsContext} from '../context.ts'
import {placeOf} from '../source.ts'
import {copyBackup} from './copy-backup.ts'
import {paceOf} from './pace.ts'
import {planThere} from './plan-there.ts'

/** The places that keep the same backups. */
export interface PlaceOps<Ops> {
  /** Names of the places that keep copies. */
  readonly copies: readonly string[]
  /** What can be done with the backups, on the copies in one of these places. Raises `usage/arguments`. */
  at(copy: string): Ops
  /** Backups that are good here and not in that place, oldest first. */
  missingAt(copy: string): Promise<readonly string[]>
  /** Copies one there, sealed as it is. An interrupted one goes on where the storage can. Raises `backup/damaged`. */
  copyTo(copy: string, id: string): Promise<void>
  /**
   * What prune would remove there and why. What the first place has stays there, too: it would be copied again. Raises
   * `backup/held` for a place that is declared immutable.
   */
  prunePlanAt(copy: string, keep?: number): Promise<PrunePlan>
  /** Removes these there if a plan made now would remove them as well. Raises `backup/held`. */
  pruneAt(copy: string, ids: readonly string[], keep?: number): Promise<readonly string[]>
  /** Brings one back from there, for the first place that lost it. */
  copyFrom(copy: string, id: string): Promise<void>
}

export function createPlaceOps<Ops>(context: OpsContext, open: (context: OpsContext) => Ops): PlaceOps<Ops> {
  const {source, catalog, tools, openPlace} = context
  const contextOf = (copy: string): OpsContext => {
    const place = placeOf(source, copy)
    if (openPlace === undefined)
      throw new OpsError('usage/arguments', `backup ${source.backup.name} keeps no copies in other places`)
    return {...context, source: place, catalog: openPlace(place)}
  }
  async function send(from: OpsContext, to: OpsContext, {copy, id}: {copy: string; id: string}): Promise<void> {
    const bandwidth = source.backup.copies.find(({name}) => name === copy)?.bandwidth
    const {sentBytes} = await tools.act(
      `copy backup ${id} from ${from.source.address} to ${to.source.address}`,
      signal =>
        copyBackup({
          from: from.catalog,
          to: to.catalog,
          id,
          signal,
          progress: (done, total) => tools.progress(done, total, 'bytes'),
          pace: paceOf(bandwidth, {monotonic: () => tools.clock.monotonic()}, signal),
        }),
      {sentBytes: 0},
    )
    tools.log(`backup ${id}: ${formatBytes(sentBytes)} sent to ${to.source.address}`)
  }
  return {
    copies: source.backup.copies.map(({name}) => name),
    at: copy => open(contextOf(copy)),
    async missingAt(copy) {
      const [here, there] = await Promise.all([catalog.list(tools.signal), contextOf(copy).catalog.list(tools.signal)])
      const kept = new Set(there.filter(({state}) => state === 'good').map(({id}) => id))
      return here
        .filter(({id, state}) => state === 'good' && !kept.has(id))
        .map(({id}) => id)
        .toReversed()
    },
    prunePlanAt: (copy, keep) => planAt(context, contextOf(copy), copy, keep),
    async pruneAt(copy, ids, keep) {
      const there = contextOf(copy)
      const {remove} = await planAt(context, there, copy, keep)
      const refused = ids.filter(id => !remove.includes(id))
      if (refused.length === 0) return removeListed(there, ids)
      throw new OpsError('backup/held', `${refused.join(', ')} may not be removed there now`, {
        hint: 'The catalogue changed since the plan was shown; look at the new plan.',
      })
    },
    copyTo: (copy, id) => send(context, contextOf(copy), {copy, id}),
    copyFrom: (copy, id) => send(contextOf(copy), context, {copy, id}),
  }
}

async function planAt(
  first: OpsContext,
  there: OpsContext,
  copy: string,
  keep: number | undefined,
): Promise<PrunePlan> {
  if (first.source.backup.copies.some(({name, immutable}) => name === copy && immutable))
    throw new OpsError('backup/held', `the copies in ${copy} are immutable: nothing is removed there by this program`, {
      hint: 'The rules of that place remove what is old enough.',
    })
  const {signal, clock} = first.tools
  const [here, inPlace] = await Promise.all([first.catalog.list(signal), there.catalog.list(signal)])
  const places = {here, address: first.source.address, there: inPlace}
  return planThere(places, policyOf(first.source.backup, keep), clock.now())
}
