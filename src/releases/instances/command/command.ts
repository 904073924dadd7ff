import {quotePosix} from '../../../text/quote-posix.ts'
import type {InstanceAction, InstanceDriver, InstanceTools} from '../instance-driver.ts'
import {fillArgv} from '../../fill-argv.ts'
import {commandLogs} from './logs.ts'
import {missingProgram} from '../../missing-program.ts'
import type {CommandInstancesSpec} from './schema.ts'

/** Instances behind configured commands: a script, docker compose, a platform's own tool. */
export function openCommandInstances(spec: CommandInstancesSpec, tools: InstanceTools): InstanceDriver {
  const action = (argv: readonly string[]): InstanceAction => ({
    text: argv.map(quotePosix).join(' '),
    carryOut: async signal => (await tools.exec(argv, {signal, cwd: tools.directory, timeoutMs: spec.timeout})).stdout,
  })
  const logs = spec.logs === undefined ? undefined : commandLogs(spec.logs, {...tools, timeoutMs: spec.timeout})
  return {
    timeoutMs: spec.timeout,
    start: (place, version) => action(fillArgv(spec.deploy, {...place, version})),
    stop: place => action(fillArgv(spec.stop, {...place})),
    logs,
    obstacles: async () => {
      const found = await Promise.all([
        missingProgram('instances.deploy', spec.deploy, tools.directory),
        missingProgram('instances.stop', spec.stop, tools.directory),
        logs?.obstacles() ?? [],
      ])
      return found.flat()
    },
  }
}
