import type {RecoveryPlan} from '../../backups/recovery/plan.ts'
import {formatBytes} from '../../units/bytes.ts'
import {formatDuration} from '../../units/duration.ts'
import type {Command} from '../command.ts'
import {alignColumns} from '../runs/table.ts'
import {chooseBackup, nameArgument, textFlag} from './choose.ts'

export const command: Command = {
  name: 'backup restore-plan',
  summary: 'Show how a cluster would be brought back to a moment, without a lock and without a change',
  help: 'For backups by pgBackRest. The backup and those that it builds on, the log and its holes, the timeline, what is in it, the room that it needs, how long it takes, and what was written since. Exit code 7, with what can be restored to, when the archive cannot reach it. The runbook restore-pitr carries it out on a server of its own.',
  arguments: [nameArgument],
  flags: {
    to: {
      type: 'string',
      value: 'MOMENT',
      description: 'A moment with its zone, such as 2026-11-26T14:03:00+01:00, or latest',
    },
    lsn: {type: 'string', value: 'POSITION', description: 'A position of the log, such as 16/B374D848'},
    xid: {type: 'string', value: 'NUMBER', description: 'Up to and with a transaction'},
    before: {
      type: 'string',
      value: 'NUMBER',
      description: 'Just before a transaction; drop: before the newest that removed a table of the database',
    },
    point: {type: 'string', value: 'NAME', description: 'A named point of pg_create_restore_point'},
  },
  run: async ({args, flags}, context) => {
    const ops = await chooseBackup(context, args[0])
    const plan = await ops.recoveryPlan({
      to: textFlag(flags, 'to'),
      lsn: textFlag(flags, 'lsn'),
      xid: textFlag(flags, 'xid'),
      point: textFlag(flags, 'point'),
      before: textFlag(flags, 'before'),
    })
    return {data: plan, text: recoveryPlanText(plan)}
  },
}

export function recoveryPlanText(plan: RecoveryPlan): string {
  const {target, set, chain, wal, window, tablespaces} = plan
  return alignColumns([
    ['target', `${target.kind} ${target.text}`],
    ['restorable', `${window.from} to ${window.to}`],
    ['backup', chain.length === 0 ? set : `${set}, which builds on ${chain.join(', ')}`],
    ['log', `${wal.segments} segments, ${wal.from} to ${wal.to}, no hole, timeline ${plan.timeline}`],
    ['cluster', `PostgreSQL ${plan.serverVersion}, ${plan.systemIdentifier}: ${plan.databases.join(', ')}`],
    [
      'tablespaces',
      tablespaces.length === 0
        ? 'none'
        : `${tablespaces.map(({name, was}) => `${name} (live in ${was})`).join(', ')}: restored elsewhere`,
    ],
    ['room', `${formatBytes(plan.databaseBytes)} of ${formatBytes(plan.freeBytes)} free in ${plan.place}`],
    [
      'takes',
      plan.estimateMs === undefined
        ? 'unknown: no restore was measured yet'
        : `about ${formatDuration(plan.estimateMs)}`,
    ],
    [
      'not in it',
      plan.lostMs === undefined
        ? 'what was written since'
        : `what was written in the last ${formatDuration(plan.lostMs)}`,
    ],
    ...plan.notes.map(note => ['note', note]),
  ])
}
