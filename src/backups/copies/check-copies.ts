import type {DoctorTools} from '../../kinds/define-driver.ts'
import type {Check} from '../../kinds/verdict.ts'
import type {BackupConfig} from '../config.ts'
import {storages} from '../storage/registry.ts'

/** Each place as its storage is checked; of one that is declared immutable, what its bucket says of that. */
export async function checkCopies({copies}: BackupConfig, tools: DoctorTools): Promise<readonly Check[]> {
  const checks = await Promise.all(
    copies.map(async ({name, storage, immutable}) => {
      const there = {...tools, name: `${tools.name} at ${name}`}
      const found = await storages.doctor(storage, there)
      if (!immutable || storage.type !== 's3') return found
      return [...found, ...(await (await import('../storage/s3/lock.ts')).checkLock(storage, there))]
    }),
  )
  return checks.flat()
}
