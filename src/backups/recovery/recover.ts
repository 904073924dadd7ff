import {randomBytes} from 'node:crypto'
import {readFile} from 'node:fs/promises'
import path from 'node:path'
import {OpsError} from '../../errors.ts'
import type {OpsContext} from '../context.ts'
import {findProgram} from '../methods/pgdump/binaries.ts'
import {RESTORE_FAILED} from '../records.ts'
import {blamesBackup} from '../restore-fault.ts'
import {RECOVERED_PREFIX, scratchAccount, type ScratchServer} from '../scratch.ts'
import {noteRestored} from './note-restored.ts'
import {binariesOf, placeOf, repositoryOf} from './parts.ts'
import type {RecoveryPlan} from './plan.ts'
import {makePlace, partsOf, type RecoveryEnd, recoveryEnd, startRecovered} from './start-recovered.ts'

/** See `RecoveryOps.planRecovered`. */
export async function planServer(context: OpsContext): Promise<ScratchServer> {
  const {tools, source} = context
  const {pgbackrest} = source.backup
  const {serverVersion} = await repositoryOf(context).read(tools.signal)
  const options = {directory: binariesOf(context), exact: true}
  return {
    directory: path.join(placeOf(context), `${RECOVERED_PREFIX}${randomBytes(5).toString('hex')}`),
    binaries: path.dirname(await findProgram('postgres', Number.parseInt(serverVersion, 10), options)),
    account: await scratchAccount(pgbackrest?.user, tools),
    superuser: pgbackrest?.superuser ?? 'postgres',
  }
}

/** A restored cluster, and how long that took. */
export interface Recovered extends RecoveryEnd {
  readonly tookMs: number
}

/** What pgBackRest is told about the end of the recovery. */
export function recoveryArguments({target, timeline}: RecoveryPlan): readonly string[] {
  const line = `--target-timeline=${timeline}`
  if (target.kind === 'before')
    return ['--type=xid', `--target=${target.text}`, '--target-exclusive', '--target-action=promote', line]
  return target.kind === 'latest'
    ? ['--type=default', line]
    : [`--type=${target.kind}`, `--target=${target.text}`, '--target-action=promote', line]
}

/** See `RecoveryOps.recover`. */
export async function recover(context: OpsContext, plan: RecoveryPlan, server: ScratchServer): Promise<Recovered> {
  const {tools} = context
  const begun = tools.clock.monotonic()
  const repository = repositoryOf(context)
  const {data, tablespaces, log} = partsOf(server)
  const argv = repository.restoreArguments({label: plan.set, data, tablespaces, recovery: recoveryArguments(plan)})
  await tools.act(
    argv.join(' '),
    async signal => {
      await makePlace(server)
      const {account} = server
      const drop =
        account === undefined
          ? []
          : ['setpriv', `--reuid=${account.uid}`, `--regid=${account.gid}`, '--init-groups', '--']
      const result = await tools.exec(
        [...drop, 'env', '-i', 'PATH=/usr/bin:/bin', 'LANG=C.UTF-8', 'TZ=UTC', `HOME=${server.directory}`, ...argv],
        {signal, anyExit: true, timeoutMs: RESTORE_MS, cwd: server.directory},
      )
      if (result.exitCode === 0) return
      const words = `${result.stdout}\n${result.stderr}`.split('\n').find(line => line.includes('ERROR'))
      const reason = words?.replace(/^.*?ERROR:\s+/, '') ?? `pgbackrest restore exited with ${result.exitCode}`
      const fault = new OpsError(
        'backup/restore',
        `backup ${plan.set} could not be restored: ${reason.slice(0, 400)}`,
        {
          hint: 'Only the isolated directory was written to. Try an older backup, or verify: `opsconsole backup verify`.',
        },
      )
      if (blamesBackup(fault))
        await noteRestored(context, plan, {
          ok: false,
          reason: `${RESTORE_FAILED}${reason.slice(0, 300)}`,
          into: server.directory,
        })
      throw fault
    },
    undefined,
  )
  await tools.act(
    `pg_ctl start in ${data}`,
    signal => startRecovered(server, plan.wal.segments, {exec: tools.exec, signal, progress: tools.progress}),
    undefined,
  )
  const tookMs = Math.round(tools.clock.monotonic() - begun)
  const end = recoveryEnd(tools.dryRun ? '' : await readFile(log, 'utf8'))
  return {...end, tookMs}
}

const RESTORE_MS = 24 * 3_600_000
