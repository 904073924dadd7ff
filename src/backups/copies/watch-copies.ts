import {messageOf} from '../../errors.ts'
import {escapeLine} from '../../text/escape.ts'
import {once} from '../../units/once.ts'
import {untilAborted} from '../../units/until-aborted.ts'
import type {Clock} from '../../units/clock.ts'
import type {Catalog} from '../catalog.ts'
import {newestGood} from '../judge-catalog.ts'
import {earliestMoment} from '../moment.ts'
import type {CopyState} from '../rows.ts'
import {placeOf, type BackupSource} from '../source.ts'

export interface Elsewhere {
  readonly copies: readonly CopyState[]
  /** Left in the first place, where it tells. */
  readonly freeBytes: number | undefined
}

/** Other places cost money or a connection each time, and change with a run only: they are asked less often. */
const EVERY = 10
/** As many as rows show of the first place. */
const SHOWN = 60

/** Reads the catalogues of the copies and the room that is left, and keeps what it read for ten probes. */
export function watchElsewhere(
  source: BackupSource,
  {
    clock,
    open,
    first,
  }: {readonly clock: Clock; readonly open: (place: BackupSource) => Catalog; readonly first: () => Catalog},
): (signal: AbortSignal) => Promise<Elsewhere> {
  // Kept open: a storage may remember what it has read.
  const places = once(() => source.backup.copies.map(copy => ({copy, catalog: open(placeOf(source, copy.name))})))
  let known: {readonly at: number; readonly found: Elsewhere} | undefined
  return async signal => {
    const now = clock.monotonic()
    if (known !== undefined && now - known.at < EVERY * source.backup.interval) return known.found
    const [copies, freeBytes] = await Promise.all([
      Promise.all(places().map(({copy, catalog}) => readCopy(copy, catalog, clock, signal))),
      untilAborted(signal, Promise.resolve(first().storage.freeBytes?.(signal))).catch(() => undefined),
    ])
    const found = {copies, freeBytes}
    // A place that did not answer is asked again soon.
    if (copies.every(({fault}) => fault === undefined)) known = {at: now, found}
    return found
  }
}

async function readCopy(
  {name, storage, offSite, immutable}: BackupSource['backup']['copies'][number],
  catalog: Catalog,
  clock: Clock,
  signal: AbortSignal,
): Promise<CopyState> {
  const state = {name, type: storage.type, location: catalog.storage.address, offSite, immutable}
  try {
    const entries = await untilAborted(signal, catalog.list(signal))
    const newest = newestGood(entries, clock.now())
    return {
      ...state,
      good: entries
        .filter(entry => entry.state === 'good')
        .map(({id}) => id)
        .slice(0, SHOWN),
      damaged: entries.filter(entry => entry.state === 'damaged').map(({id}) => id),
      newestAt: newest === undefined ? undefined : earliestMoment(newest),
    }
  } catch (error) {
    return {...state, good: [], damaged: [], newestAt: undefined, fault: escapeLine(messageOf(error), 200)}
  }
}
