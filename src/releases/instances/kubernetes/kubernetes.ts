import {messageOf} from '../../../errors.ts'
import type {InstanceDriver, InstanceTools} from '../instance-driver.ts'
import type {InstancePlace} from '../instance-place.ts'
import {fillArgv} from '../../fill-argv.ts'
import {missingProgram} from '../../missing-program.ts'
import {programAction} from '../program-action.ts'
import {programLogs} from '../program-logs.ts'
import {deploymentObstacles} from './deployments.ts'
import {objectIdentities} from './identity.ts'
import {kubectlArgv} from './kubectl.ts'
import type {Readiness} from '../../wait.ts'
import {missingRights, unclearContext} from './rights.ts'
import {type Deployment, podTroubles, rolloutOf} from './rollout.ts'
import type {KubernetesInstancesSpec} from './schema.ts'

/** A Deployment an instance. Image and number of pods change by one patch, so no pod starts with the wrong one. */
export function openKubernetesInstances(spec: KubernetesInstancesSpec, given: InstanceTools): InstanceDriver {
  const tools = {...given, timeoutMs: spec.timeout}
  const deployment = (place: InstancePlace): string => fillArgv([spec.deployment], {...place})[0] ?? ''
  const patch = (place: InstancePlace, change: object): readonly string[] => [
    ...kubectlArgv(spec),
    'patch',
    'deployment',
    deployment(place),
    '--type=strategic',
    `--patch=${JSON.stringify({spec: change})}`,
  ]
  const objects = (places: readonly InstancePlace[]): readonly string[] => [
    ...new Set(places.map(place => `deployments.apps/${deployment(place)}`)),
  ]
  const obstacles: InstanceDriver['obstacles'] = async (places = []) => {
    const missing = await missingProgram('instances.kubectl', spec.kubectl, tools.directory)
    if (missing.length > 0) return missing
    const names = objects(places)
    const asked = await Promise.all([
      unclearContext('instances', spec, tools.exec),
      missingRights(spec, tools.exec, names),
      deploymentObstacles(spec, names, tools.exec),
    ])
    return asked.flat()
  }
  return {
    timeoutMs: spec.timeout,
    start(place, version) {
      const [image] = fillArgv([spec.image], {...place, version})
      const template = {spec: {containers: [{name: spec.container, image}]}}
      return programAction(patch(place, {replicas: spec.replicas, template}), tools)
    },
    stop: place => programAction(patch(place, {replicas: 0}), tools),
    identity: (places, signal) => objectIdentities(spec, objects(places), {exec: tools.exec, signal}),
    rollout: (place, signal) => rolloutNow(spec, tools, {deployment: deployment(place), signal}),
    logs: programLogs(
      place => [
        ...kubectlArgv(spec),
        'logs',
        `deployment/${deployment(place)}`,
        `--container=${spec.container}`,
        '--tail=200',
      ],
      {...tools, obstacles: () => obstacles()},
    ),
    obstacles,
  }
}

const ASK_MS = 30_000

/** An answer of one pod says nothing of the others: old ones may serve beside it. */
async function rolloutNow(
  spec: KubernetesInstancesSpec,
  {exec, directory: cwd}: InstanceTools,
  {deployment, signal}: {readonly deployment: string; readonly signal: AbortSignal},
): Promise<Readiness> {
  const read = async (...words: readonly string[]): Promise<unknown> => {
    const argv = [...kubectlArgv(spec), 'get', ...words, '--output=json']
    return JSON.parse((await exec(argv, {signal, cwd, timeoutMs: ASK_MS})).stdout)
  }
  try {
    const seen = (await read('deployment', deployment)) as Deployment
    const {isComplete, words} = rolloutOf(seen)
    if (isComplete) return {ok: true, reason: words}
    const labels = Object.entries(seen.spec?.selector?.matchLabels ?? {}).map(
      ([key, value]) => `${key}=${String(value)}`,
    )
    // Reading pods is a right of its own, and only for the reason.
    const pods = await read('pods', `--selector=${labels.join(',')}`).catch(() => undefined)
    return {ok: false, reason: [`${deployment}: ${words}`, ...podTroubles(pods)].join('; ')}
  } catch (cause) {
    signal.throwIfAborted()
    return {ok: false, reason: `${deployment} cannot be read: ${messageOf(cause)}`}
  }
}
