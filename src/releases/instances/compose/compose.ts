import {escapeLine} from '../../../text/escape.ts'
import type {InstanceDriver, InstanceTools} from '../instance-driver.ts'
import type {InstancePlace} from '../instance-place.ts'
import {fillArgv} from '../../fill-argv.ts'
import {missingProgram} from '../../missing-program.ts'
import type {Startable} from '../startable.ts'
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
    startable: (place, version, signal) => imageIsThere(spec, tools, {place, version, signal}),
    logs: programLogs(place => compose(place, 'logs', '--no-color', '--no-log-prefix', '--tail', '200'), {
      ...tools,
      obstacles,
    }),
    obstacles,
  }
}

/** The image that a start would take, by the compose file itself. One that is not on this host would be pulled. */
async function imageIsThere(
  {engine, file, variable, service}: ComposeSpec,
  {exec, directory: cwd, timeoutMs}: InstanceTools & {readonly timeoutMs: number},
  {place, version, signal}: {readonly place: InstancePlace; readonly version: string; readonly signal: AbortSignal},
): Promise<Startable> {
  const ask = (argv: readonly string[]) =>
    exec(argv, {signal, cwd, timeoutMs, anyExit: true}).catch(() => ({exitCode: null, stdout: ''}))
  const set = fillArgv([`${variable}={version}`], {version})
  const config = ['-f', file, 'config', '--images', ...fillArgv([service], {...place})]
  const {exitCode, stdout} = await ask(['env', ...set, ...engine, ...config])
  const image = stdout.trim().split('\n').at(-1) ?? ''
  if (exitCode !== 0 || image === '') return {ok: undefined, reason: `${file} does not say which image it would take`}
  const seen = await ask([...engine.slice(0, 1), 'image', 'inspect', image])
  const name = escapeLine(image, 200)
  return seen.exitCode === 0
    ? {ok: true, reason: `image ${name} is on this host`}
    : {ok: undefined, reason: `image ${name} is not on this host: it would be pulled`}
}
