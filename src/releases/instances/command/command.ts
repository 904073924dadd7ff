import type {InstanceDriver, InstanceTools} from '../instance-driver.ts'
import {fillArgv} from '../../fill-argv.ts'
import {programAction} from '../program-action.ts'
import {commandLogs} from './logs.ts'
import {missingProgram} from '../../missing-program.ts'
import type {CommandInstancesSpec} from './schema.ts'

/** Instances behind configured commands: a script, a platform's own tool. */
export function openCommandInstances(spec: CommandInstancesSpec, given: InstanceTools): InstanceDriver {
  const tools = {...given, timeoutMs: spec.timeout}
  const logs = spec.logs === undefined ? undefined : commandLogs(spec.logs, tools)
  return {
    timeoutMs: spec.timeout,
    start: (place, version) => programAction(fillArgv(spec.deploy, {...place, version}), tools),
    stop: place => programAction(fillArgv(spec.stop, {...place}), tools),
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
