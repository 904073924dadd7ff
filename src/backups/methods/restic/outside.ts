import type {OutsideCopies} from '../method.ts'
import {openRestic, type Restic} from './program.ts'
import type {ResticSpec} from './schema.ts'
import {forgetBackup, readSnapshots} from './snapshots.ts'

/** What the repository has: snapshots by their ids, which are checksums. A tag can be given to another one. */
export const outsideOf = (restic: Restic): OutsideCopies => ({
  address: 'the repository of restic',
  present: async signal => new Set((await readSnapshots(restic, signal)).map(({id}) => id)),
  remove: (id, signal) => forgetBackup(restic, id, signal),
})

/** The same for a probe, which opens no method. */
export const openOutside = (spec: Omit<ResticSpec, 'type'>, tools: Parameters<typeof openRestic>[1]): OutsideCopies =>
  outsideOf(openRestic({type: 'restic', ...spec}, tools))
