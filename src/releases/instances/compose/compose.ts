import {escapeLine} from '../../../text/escape.ts'
import type {InstanceDriver, InstanceTools} from '../instance-driver.ts'
import type {InstancePlace} from '../instance-place.ts'
import {fillArgv} from '../../fill-argv.ts'
import {missingProgram} from '../../missing-program.ts'
import type {Startable} from '../startable.ts'
import {programAction} from '../program-action.ts'
import {programLogs} from '../program-logs.ts'
import {composeObstacles} from './obstacles.ts'
import type {ComposeSpec} from './schema.ts'

const NO_VERSION = 'none'
const ASK_MS = 30_000

/** Compose up to the verb. Without a project of its own it is named after the directory, or after a variable of whoever runs it. */
const composeArgv = ({engine, file, project}: ComposeSpec): readonly string[] => [
  ...engine,
  ...(project === undefined ? [] : ['-p', project]),
  '-f',
  file,
]

/** Services of a compose file, with Docker or Podman; run beside the configuration file. */
export function openCompose(spec: ComposeSpec, given: InstanceTools): InstanceDriver {
  const tools = {...given, timeoutMs: spec.timeout}
  const compose = (place: InstancePlace, ...words: readonly string[]): readonly string[] => [
    ...composeArgv(spec),
    ...words,
    ...fillArgv([spec.service], {...place}),
  ]
  // A file that demands the variable, `${VERSION:?}`, is not read without one; its value means nothing here.
  const unversioned = ['env', `${spec.variable}=${NO_VERSION}`]
  const obstacles: InstanceDriver['obstacles'] = async (places = []) => {
    const missing = await missingProgram('instances.engine', spec.engine, tools.directory)
    if (missing.length > 0 || places.length === 0) return missing
    const services = [...new Set(places.flatMap(place => fillArgv([spec.service], {...place})))]
    const options = {cwd: tools.directory, timeoutMs: ASK_MS, anyExit: true}
    const ask = (...words: readonly string[]) =>
      tools.exec([...unversioned, ...composeArgv(spec), ...words], options).catch(() => undefined)
    return composeObstacles(services, spec, ask)
  }
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
    stop: place => programAction([...unversioned, ...compose(place, 'stop')], tools),
    startable: (place, version, signal) => imageIsThere(spec, tools, {place, version, signal}),
    logs: programLogs(
      place => [...unversioned, ...compose(place, 'logs', '--no-color', '--no-log-prefix', '--tail', '200')],
      {...tools, obstacles: () => obstacles()},
    ),
    obstacles,
  }
}

/** The image that a start would take, by the compose file itself. One that is not on this host would be pulled. */
async function imageIsThere(
  spec: ComposeSpec,
  {exec, directory: cwd, timeoutMs}: InstanceTools & {readonly timeoutMs: number},
  {place, version, signal}: {readonly place: InstancePlace; readonly version: string; readonly signal: AbortSignal},
): Promise<Startable> {
  const {engine, file, variable, service} = spec
  const ask = (argv: readonly string[]) =>
    exec(argv, {signal, cwd, timeoutMs, anyExit: true}).catch(() => ({exitCode: null, stdout: '', stderr: ''}))
  const set = fillArgv([`${variable}={version}`], {version})
  const config = ['config', '--images', ...fillArgv([service], {...place})]
  const {exitCode, stdout} = await ask(['env', ...set, ...composeArgv(spec), ...config])
  const image = stdout.trim().split('\n').at(-1) ?? ''
  if (exitCode !== 0 || image === '') return {ok: undefined, reason: `${file} does not say which image it would take`}
  const seen = await ask([...withoutCompose(engine), 'image', 'inspect', image])
  const name = escapeLine(image, 200)
  if (seen.exitCode === 0) return {ok: true, reason: `image ${name} is on this host`}
  return ABSENT.test(seen.stderr)
    ? {ok: undefined, reason: `image ${name} is not on this host: it would be pulled`}
    : {ok: undefined, reason: `whether image ${name} is on this host is not known: the engine does not say`}
}

/** Docker's words, then Podman's: both end with the same code when their daemon does not answer. */
const ABSENT = /no such image|image not known/i

/** The engine itself: `docker` of `docker compose` and `docker-compose`, with what stands before it. */
const withoutCompose = (engine: readonly string[]): readonly string[] =>
  engine.at(-1) === 'compose' ? engine.slice(0, -1) : engine.map(word => word.replace(/(docker|podman)-compose$/, '$1'))
