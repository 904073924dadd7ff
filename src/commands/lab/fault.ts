import {OpsError} from '../../errors.ts'
import {FAULT_KINDS} from '../../lab/fault-text.ts'
import type {ActiveFault} from '../../lab/faults.ts'
import {formatAge} from '../../units/duration.ts'
import type {Command} from '../command.ts'
import {directoryFlag, labDirectory} from './directory.ts'

export const command: Command = {
  name: 'lab fault',
  summary: 'Break parts of the lab for real, and fix them again',
  help: `Faults:
${FAULT_KINDS.map(kind => `  ${kind.form.padEnd(22)} ${kind.meaning}`).join('\n')}

"clear" without a name fixes everything: what was killed runs again on the same port with the same version.`,
  arguments: [
    {
      name: 'action',
      required: false,
      completes: ['list', 'add', 'clear'],
      description: 'list (when left out), add or clear',
    },
    {name: 'fault', required: false, variadic: true, description: 'redis-down, errors=50%, latency=500ms@green...'},
  ],
  flags: {...directoryFlag},
  changes: 'files',
  onlyShows: ({args: [action = 'list']}) => action === 'list',
  run: async (input, context) => {
    const [{addFaults, clearFaults, listFaults}, {requirePlan}] = await Promise.all([
      import('../../lab/faults.ts'),
      import('../../lab/status.ts'),
    ])
    const [action = 'list', ...faults] = input.args
    const plan = await requirePlan(labDirectory(input, context))
    if (action === 'add') {
      if (faults.length === 0) throw new OpsError('usage/arguments', 'lab fault add needs at least one fault')
      await addFaults(plan, faults, context.clock.now())
    } else if (action === 'clear') await clearFaults(plan, faults)
    else if (action !== 'list' || faults.length > 0)
      throw new OpsError('usage/arguments', `lab fault takes list, add or clear, got ${JSON.stringify(action)}`)
    const active = await listFaults(plan)
    return {data: {faults: active}, text: faultsText(active, context.clock.now())}
  },
}

function faultsText(faults: readonly ActiveFault[], now: number): string {
  if (faults.length === 0) return 'No fault is active.'
  return faults.map(({fault, since}) => `${fault}  ${formatAge(since, now)}`).join('\n')
}
