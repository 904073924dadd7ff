import type {LocksContext} from './define.ts'

/**
 * The lock on one backup, by its name in the configuration: a schedule says it and a person leaves it out, and both mean
 * the same backup. `drill` and `copies` do not hinder the next backup, and so have locks of their own.
 *
 * @example locks: context => [backupLock('backup', context)]
 */
export function backupLock(
  work: 'backup' | 'copies' | 'drill',
  {params, facts}: Pick<LocksContext<{readonly backup?: string | undefined}>, 'params' | 'facts'>,
): string {
  const name = (facts as {readonly name?: string} | undefined)?.name ?? params.backup
  return `${work}:${name ?? 'default'}`
}
