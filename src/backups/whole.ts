import {OpsError} from '../errors.ts'
import type {Manifest} from './manifest.ts'
import {showTable} from './tables/table-name.ts'

/** Raises `usage/arguments` for a backup that has the rows of some tables alone: nothing takes the place of a whole database then. */
export function requireWhole(manifest: Manifest): void {
  if (manifest.method !== 'pgdump' || manifest.only === undefined) return
  const tables = manifest.only.map(showTable).join(',')
  throw new OpsError('usage/arguments', `backup ${manifest.id} has the rows of ${tables} alone`, {
    hint: `Restore these: -p id=${manifest.id} -p table='${tables}'.`,
  })
}
