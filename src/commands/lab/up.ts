import type {Command} from '../command.ts'
import {directoryFlag, labDirectory} from './directory.ts'
import {withInterrupt} from './interrupt.ts'
import {numberFlag} from './numbers.ts'

export const command: Command = {
  name: 'lab up',
  summary: 'Start a small real production on this machine to try everything on',
  help: `PostgreSQL with WAL archiving, Redis, two slots of two application instances, HAProxy in front and a load generator, all on free loopback ports under unprivileged accounts. Where Prometheus and Alertmanager are installed, they are parts of it.

Writes opsconsole.yaml into the directory of the lab; the console knows the lab by that file alone.`,
  flags: {
    ...directoryFlag,
    'no-prometheus': {
      type: 'boolean',
      description: 'Leave Prometheus and Alertmanager out, also where they are installed',
    },
    rps: {type: 'string', value: 'N', description: 'Requests a second of the load generator (20)'},
  },
  changes: 'files',
  run: async (input, context) => {
    const [{labUp}, {configFile}] = await Promise.all([import('../../lab/up.ts'), import('../../lab/plan.ts')])
    const rps = numberFlag(input, 'rps', 20_000)
    const prometheus = input.flags['no-prometheus'] !== true
    const options = {dir: labDirectory(input, context), prometheus, ...(rps === undefined ? {} : {rps})}
    const progress = (line: string): void => context.err(`${line}\n`)
    const plan = await withInterrupt(context.signal, signal =>
      labUp(options, {signal, progress, now: () => context.clock.now()}),
    )
    const configuration = configFile(plan.dir)
    const lines = [
      'The lab is up.',
      `  shop            http://127.0.0.1:${plan.ports.web}`,
      `  load balancer   http://127.0.0.1:${plan.ports.stats}`,
      ...(plan.ports.prometheus === undefined ? [] : [`  Prometheus      http://127.0.0.1:${plan.ports.prometheus}`]),
      ...(plan.ports.alertmanager === undefined
        ? []
        : [`  Alertmanager    http://127.0.0.1:${plan.ports.alertmanager}`]),
      `  configuration   ${configuration}`,
      `  console         opsconsole --config ${configuration}`,
      '  stop            opsconsole lab down',
      ...plan.notes,
    ]
    const data = {dir: plan.dir, configuration, ports: plan.ports, instances: plan.instances, notes: plan.notes}
    return {data, text: lines.join('\n')}
  },
}
