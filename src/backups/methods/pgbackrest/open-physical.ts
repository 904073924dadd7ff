import {OpsError} from '../../../errors.ts'
import type {Exec} from '../../../processes/exec.ts'
import type {BackupMethod, LiveDatabase} from '../method.ts'
import {openPgbackrest} from './pgbackrest.ts'
import type {PgbackrestSpec} from './schema.ts'

/**
 * pgBackRest as a method: it keeps whole clusters in a repository of its own, so what is asked of copies of one database
 * is refused with the way that there is.
 */
export function openPhysical(
  spec: PgbackrestSpec,
  tools: {readonly access: {read(): Promise<LiveDatabase>}; readonly exec: Exec},
): BackupMethod {
  const no = (): never => {
    throw new OpsError(
      'usage/arguments',
      'a backup of pgBackRest is a whole cluster: it is not restored as a database',
      {
        hint: 'Use the runbook restore-pitr, and `opsconsole backup restore-plan` before it.',
      },
    )
  }
  const refuse = async (): Promise<never> => no()
  return {
    live: async () => ({...(await tools.access.read()), noun: 'cluster', name: spec.stanza}),
    takeCommand: refuse,
    take: refuse,
    fit: refuse,
    check: refuse,
    fillCommand: no,
    commands: no,
    prepare: refuse,
    fill: refuse,
    prove: refuse,
    analyze: refuse,
    writeOnce: refuse,
    drop: refuse,
    repository: openPgbackrest(spec, tools),
  }
}
