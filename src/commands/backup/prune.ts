import {consentFlags, neededConsent} from '../../admission/needed-consent.ts'
import type {PrunePlan} from '../../backups/retention.ts'
import {EXIT, OpsError} from '../../errors.ts'
import {formatBytes} from '../../units/bytes.ts'
import type {Command} from '../command.ts'
import {confirmFlag} from '../consent-flags.ts'
import {alignColumns} from '../runs/table.ts'
import {chooseBackup, nameArgument, textFlag} from './choose.ts'
import {refuseWhileUsed} from './in-use.ts'

export const command: Command = {
  name: 'backup prune',
  summary: 'Show which backups are beyond the number to keep; with --yes remove them',
  help: 'What is held, the newest good one and the newest that was restored and compared always stay, and what `retention` keeps by days, weeks, months or a promised window. Nothing is removed while a run backs up, copies, restores or drills it. Damaged and unfinished ones never take the place of a usable one.',
  arguments: [nameArgument],
  flags: {
    copy: {type: 'string', value: 'NAME', description: 'One of its other places instead of the first one'},
    keep: {type: 'string', value: 'N', description: 'Usable backups to keep; the configured number when left out'},
    yes: {type: 'boolean', short: 'y', description: 'Remove what the plan says'},
    confirm: confirmFlag,
  },
  changes: true,
  danger: 'destructive',
  run: async ({args, flags}, context) => {
    const ops = await chooseBackup(context, args[0])
    const keep = keepOf(textFlag(flags, 'keep')) ?? ops.keep
    const copy = textFlag(flags, 'copy')
    const plan = await (copy === undefined ? ops.prunePlan(keep) : ops.prunePlanAt(copy, keep))
    const saying = consentFlags(neededConsent('destructive', context.environment()))
    const others =
      copy === undefined && ops.copies.length > 0 ? ` Copies in ${ops.copies.join(', ')}: --copy NAME.` : ''
    const place = copy === undefined ? {} : {copy}
    const nothing = plan.remove.length === 0 ? 'Nothing to remove.' : `Nothing was removed yet: say ${saying}.`
    const end = `${nothing}${others}`
    if (flags['yes'] !== true || plan.remove.length === 0)
      return {
        data: {backup: ops.name, ...place, keep, removed: [], plan},
        text: planText(plan, end),
        exitCode: plan.remove.length > 0 && !context.interactive ? EXIT.refused : EXIT.done,
      }
    await refuseWhileUsed(context, ops.name)
    const removed = await (copy === undefined ? ops.prune(plan.remove, keep) : ops.pruneAt(copy, plan.remove, keep))
    const done = `Removed ${removed.length} of ${plan.decisions.length}, ${formatBytes(plan.removeBytes)}.`
    return {data: {backup: ops.name, ...place, keep, removed, plan}, text: planText(plan, done)}
  },
}

function keepOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  const keep = Number(text)
  if (Number.isInteger(keep) && keep >= 1) return keep
  throw new OpsError('usage/arguments', `--keep should be a whole number of at least 1, got ${JSON.stringify(text)}`)
}

export function planText(plan: PrunePlan, end: string): string {
  if (plan.decisions.length === 0) return 'Nothing there yet.'
  const rows = plan.decisions.map(({id, action, storedBytes, reason}) => [id, action, formatBytes(storedBytes), reason])
  return `${alignColumns([['BACKUP', 'PLAN', 'STORED', 'WHY'], ...rows])}\n\n${end}`
}
