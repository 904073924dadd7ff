import type {OutsideCopies} from '../method.ts'
import {openRestic, type Restic} from './program.ts'
import type {ResticSpec} from './schema.ts'
import {backupIdsOf, forgetBackup, readSnapshots} from './snapshots.ts'

/** What the repository has of each backup: its snapshot, found by its tag. */
export const outsideOf = (restic: Restic): OutsideCopies => ({
  address: 'the repository of restic',
  present: async signal => backupIdsOf(await readSnapshots(restic, signal)),
  remove: (id, signal) => forgetBackup(restic, id, signal),
})

/** The same for a probe, which opens no method. */
export const openOutside = (spec: Omit<ResticSpec, 'type'>, tools: Parameters<typeof openRestic>[1]): OutsideCopies =>
  outsideOf(openRestic({type: 'restic', ...spec}, tools))
