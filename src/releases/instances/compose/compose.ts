import type {InstanceDriver, InstanceTools} from '../instance-driver.ts'
import type {InstancePlace} from '../instance-place.ts'
import {fillArgv} from '../../fill-argv.ts'
import {missingProgram} from '../../missing-program.ts'
import {programAction} from '../program-action.ts'
import {programLogs} from '../program-logs.ts'
import type {ComposeSpec} from './schema.ts'

/** Services of a compose file, with Docker or Podman; run beside the configuration file. */
export function openCompose(spec: ComposeSpec, given: InstanceTools): InstanceDriver {
  const tools = {...given, timeoutMs: spec.timeout}
  const compose = (place: InstancePlace, ...words: readonly string[]): readonly string[] => [
    ...spec.engine,
    '-f',
    spec.file,
    ...words,
    ...fillArgv([spec.service], {...place}),
  ]
  const obstacles = () => missingProgram('instances.engine', spec.engine, tools.directory)
  return {
    timeoutMs: spec.timeout,
    // Only this service is made anew: the others keep the version that they run.
    start: (place, version) =>
      programAction(
        [
          'env',
          ...fillArgv([`${spec.variable}={version}`], {version}),
          ...compose(place, 'up', '--detach', '--no-deps', '--force-recreate'),
        ],
        tools,
      ),
    stop: place => programAction(compose(place, 'stop'), tools),
    logs: programLogs(place => compose(place, 'logs', '--no-color', '--no-log-prefix', '--tail', '200'), {
      ...tools,
      obstacles,
    }),
    obstacles,
  }
}
