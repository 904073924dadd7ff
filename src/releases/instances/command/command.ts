import type {InstanceDriver, InstanceTools} from '../instance-driver.ts'
import type {InstancePlace} from '../instance-place.ts'
import {quotePosix} from '../../../text/quote-posix.ts'
import {fillArgv} from '../../fill-argv.ts'
import {askedBy} from '../startable.ts'
import {programAction} from '../program-action.ts'
import {commandLogs} from './logs.ts'
import {missingProgram} from '../../missing-program.ts'
import type {CommandInstancesSpec} from './schema.ts'

/** Instances behind configured commands: a script, a platform's own tool. */
export function openCommandInstances(spec: CommandInstancesSpec, given: InstanceTools): InstanceDriver {
  const tools = {...given, timeoutMs: spec.timeout}
  const named = (place: InstancePlace) => ({...place, id: spec.ids?.[place.instance] ?? place.instance})
  const logs = spec.logs === undefined ? undefined : commandLogs(spec.logs, tools, named)
  const {check} = spec
  return {
    timeoutMs: spec.timeout,
    start: (place, version) => programAction(fillArgv(spec.deploy, {...named(place), version}), tools),
    stop: place => programAction(fillArgv(spec.stop, named(place)), tools),
    logs,
    ...(check === undefined
      ? {}
      : {
          startable: (place, version, signal) => {
            const argv = fillArgv(check, {...named(place), version})
            const ask = () => given.exec(argv, {signal, cwd: tools.directory, timeoutMs: spec.timeout, anyExit: true})
            return askedBy(argv.map(quotePosix).join(' '), ask, {yes: 'says yes', no: 'says no'})
          },
        }),
    obstacles: async () => {
      const found = await Promise.all([
        missingProgram('instances.deploy', spec.deploy, tools.directory),
        missingProgram('instances.stop', spec.stop, tools.directory),
        check === undefined ? [] : missingProgram('instances.check', check, tools.directory),
        logs?.obstacles() ?? [],
      ])
      return found.flat()
    },
  }
}
