import {databaseAccess} from '../../src/backups/access.ts'
import {openCatalog} from '../../src/backups/catalog.ts'
import {createBackup} from '../../src/backups/create.ts'
import type {Manifest} from '../../src/backups/manifest.ts'
import {methodSpec} from '../../src/backups/methods/method-spec.ts'
import {methods} from '../../src/backups/methods/registry.ts'
import {backupSource, type BackupsConfig} from '../../src/backups/source.ts'
import type {BackupStorage} from '../../src/backups/storage/storage.ts'
import {execProgram} from '../../src/processes/run.ts'
import {systemClock} from '../../src/units/clock.ts'
import {plainSecret} from '../servers/s3-server.ts'

/** What a call of the storage counts, beside the bytes that are written. */
const CALL = 200_000

/** A backup into a storage of which every call and byte is counted, and `act` is awaited once so much work was done. */
export async function takeBroken(
  config: BackupsConfig,
  storage: BackupStorage,
  broken: {readonly at: number; readonly act: () => Promise<void>},
): Promise<Manifest> {
  const source = backupSource(config, 'production')
  const {signal} = new AbortController()
  const access = databaseAccess(source, {secret: plainSecret, signal})
  const openMethod = await methods.load([source.backup.method])
  const {binaries} = source.backup.drill
  const method = openMethod(methodSpec(source.backup), {access, binaries, exec: execProgram, secret: plainSecret})
  const catalog = openCatalog(source, counted(storage, broken))
  const tools = {signal, clock: systemClock, log: () => undefined, progress: () => undefined, run: ''}
  return createBackup({source, catalog, method, tools})
}

/** All the work of a backup that stores so many bytes: data, roles and manifest are begun and committed. */
export const workOf = (storedBytes: number): number => storedBytes + 6 * CALL

function counted(
  storage: BackupStorage,
  {at, act}: {readonly at: number; readonly act: () => Promise<void>},
): BackupStorage {
  let done = 0
  let acted = false
  const work = async (amount: number): Promise<void> => {
    done += amount
    if (acted || done < at) return
    acted = true
    await act()
  }
  return {
    ...storage,
    async begin(name, signal) {
      await work(CALL)
      const file = await storage.begin(name, signal)
      return {
        ...file,
        async write(bytes) {
          await work(bytes.length)
          await file.write(bytes)
        },
        async commit() {
          await work(CALL)
          await file.commit()
        },
      }
    },
  }
}
