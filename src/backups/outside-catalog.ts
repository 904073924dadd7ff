import {type Catalog, manifestName} from './catalog.ts'
import type {OutsideCopies} from './methods/method.ts'

/** The catalogue of a method that keeps its data outside of our storage: without it no backup is good, and it goes with the backup. */
export function outsideCatalog(catalog: Catalog, outside: OutsideCopies): Catalog {
  return {
    ...catalog,
    async list(signal = AbortSignal.timeout(LIST_MS)) {
      const entries = await catalog.list(signal)
      if (entries.length === 0) return entries
      const there = await outside.present(signal)
      return entries.map(entry =>
        (entry.outside !== undefined && there.has(entry.outside)) ||
        (entry.state !== 'good' && entry.state !== 'unchecked')
          ? entry
          : {...entry, state: 'damaged' as const, reason: `missing: ${outside.address} has nothing of it`},
      )
    },
    async remove(id, signal = AbortSignal.timeout(REMOVE_MS)) {
      // Without its manifest it is incomplete, whatever happens next; what is left keeps its name in the catalogue.
      await catalog.storage.remove([manifestName(id)], signal)
      await outside.remove(id, signal)
      await catalog.remove(id, signal)
    },
  }
}

const LIST_MS = 60_000
const REMOVE_MS = 3_600_000
