import {messageOf, OpsError} from '../../../errors.ts'
import type {Obstacle} from '../../../kinds/questions.ts'
import type {Exec} from '../../../processes/exec.ts'
import {escapeLine} from '../../../text/escape.ts'
import {quotePosix} from '../../../text/quote-posix.ts'
import {systemClock} from '../../../units/clock.ts'
import {formatDuration} from '../../../units/duration.ts'
import {contextWords, kubectlArgv} from '../../instances/kubernetes/kubectl.ts'
import {objectIdentities} from '../../instances/kubernetes/identity.ts'
import {missingRights, unclearContext} from '../../instances/kubernetes/rights.ts'
import {probeUntil} from '../../wait.ts'
import type {TrafficDriver, TrafficServer} from '../traffic-driver.ts'
import {missingKubernetesPrograms, openCounts, withCounts} from './counts.ts'
import {type Change, changeFor, type Cluster, serves} from './moves.ts'
import {clusterOf} from './read.ts'
import {scalerObstacles} from './scalers.ts'
import type {KubernetesTrafficSpec} from './schema.ts'
import {unpatched} from './unpatched.ts'

const LOOK_MS = 500

/** The selector of a Service, and for shares the numbers of pods. Who is selected no longer keeps its open connections. */
export function openKubernetesTraffic(spec: KubernetesTrafficSpec, {exec}: {readonly exec: Exec}): TrafficDriver {
  const {servers, service, label, replicas, timeout: timeoutMs} = spec
  const names = Object.keys(servers)
  const count = spec.counts === undefined ? undefined : openCounts(spec.counts, {exec, names, timeoutMs})
  let seen: Cluster | undefined
  const kubectl = async (words: readonly string[], signal: AbortSignal): Promise<string> =>
    (await exec([...kubectlArgv(spec), ...words], {signal, timeoutMs, cwd: '/'})).stdout
  const look = async (signal: AbortSignal): Promise<Cluster> => {
    try {
      const deployments = names.map(name => `deployment/${name}`)
      seen = clusterOf(await kubectl(['get', `service/${service}`, ...deployments, '--output=json'], signal), {
        service,
        label,
      })
      return seen
    } catch (cause) {
      signal.throwIfAborted()
      if (cause instanceof OpsError && cause.code.startsWith('traffic/')) throw cause
      throw new OpsError('traffic/unreachable', `kubectl cannot say where traffic is: ${messageOf(cause)}`, {cause})
    }
  }
  const patch = async (words: readonly string[], signal: AbortSignal): Promise<void> => {
    try {
      await kubectl(words, signal)
    } catch (cause) {
      signal.throwIfAborted()
      throw unpatched(cause)
    }
  }
  return {
    target: `kubernetes service ${spec.namespace}/${service}${contextWords(spec)}`,
    identity: signal => objectIdentities(spec, [`services/${service}`], {exec, signal}),
    abilities: {
      drain: true,
      weights: replicas !== undefined,
      perServerCounters: count !== undefined,
      // The readiness of pods, selected or not.
      ownChecks: true,
      survivesReload: true,
    },
    ...(replicas === undefined ? {} : {leastShare: 100 / (replicas + 1)}),
    async state(signal) {
      const [cluster, counts] = await Promise.all([look(signal), count?.(signal)])
      const all = names.map(name => withCounts(serverOf(name, serves(servers, cluster, name), cluster), counts))
      return {servers: new Map(all.map(server => [server.name, server])), unserved: 0}
    },
    recheck: () => [],
    obstacles: () => obstaclesOf(spec, exec),
    command: moves =>
      patchesOf(spec, seen === undefined ? {before: [], after: []} : changeFor(servers, moves, seen, replicas))
        .map(words => [...kubectlArgv(spec), ...words].map(quotePosix).join(' '))
        .join('; ') || `nothing to patch: ${moves.map(({server, to}) => `${server} ${to}`).join(', ')}`,
    async move(moves, signal) {
      const change = changeFor(servers, moves, seen ?? (await look(signal)), replicas)
      // What is half done then is looked at anew, by whoever goes on or back.
      seen = undefined
      for (const words of patchesOf(spec, {before: change.before, after: []})) await patch(words, signal)
      if (change.before.length > 0) await untilPodsAreThere(change, look, {podsTimeout: spec.podsTimeout, signal})
      for (const words of patchesOf(spec, {...change, before: []})) await patch(words, signal)
      seen = undefined
    },
  }
}

/** Raises `traffic/refused`. */
async function untilPodsAreThere(
  {before}: Change,
  look: (signal: AbortSignal) => Promise<Cluster>,
  {podsTimeout: timeoutMs, signal}: Pick<KubernetesTrafficSpec, 'podsTimeout'> & {readonly signal: AbortSignal},
): Promise<void> {
  const ask = async () => {
    const {deployments} = await look(signal)
    const lacking = before.find(({deployment}) => deployments.get(deployment)?.isComplete !== true)
    const words = lacking && deployments.get(lacking.deployment)?.words
    return {ok: lacking === undefined, reason: `${lacking?.deployment ?? ''}: ${words ?? 'gone'}`}
  }
  const asked = await probeUntil(ask, {timeoutMs, everyMs: LOOK_MS, signal, clock: systemClock})
  if (!asked.ok)
    throw new OpsError(
      'traffic/refused',
      `the Service selects what it did before: after ${formatDuration(asked.ms)} the pods for it are not there, ${asked.reason}`,
    )
}

async function obstaclesOf(spec: KubernetesTrafficSpec, exec: Exec): Promise<readonly Obstacle[]> {
  const missing = await missingKubernetesPrograms(spec)
  if (missing.length > 0) return missing
  const scaled = spec.replicas === undefined ? [] : Object.keys(spec.servers).map(name => `deployments.apps/${name}`)
  const asked = await Promise.all([
    unclearContext('traffic', spec, exec),
    missingRights(spec, exec, [`services/${spec.service}`, ...scaled]),
    scalerObstacles(spec, exec),
  ])
  return asked.flat()
}

function patchesOf({service, label}: KubernetesTrafficSpec, change: Change): readonly (readonly string[])[] {
  const patch = (kind: string, name: string, spec: object): readonly string[] => [
    'patch',
    kind,
    name,
    '--type=merge',
    `--patch=${JSON.stringify({spec})}`,
  ]
  const scale = (scales: Change['before']) =>
    scales.map(({deployment, replicas}) => patch('deployment', deployment, {replicas}))
  return [
    ...scale(change.before),
    ...(change.select === undefined ? [] : [patch('service', service, {selector: {[label]: change.select}})]),
    ...scale(change.after),
  ]
}

function serverOf(name: string, selected: boolean, {deployments}: Cluster): TrafficServer {
  const {wanted = 0, ready = 0, isPure = true, isAvailable = false, words = 'gone'} = deployments.get(name) ?? {}
  return {
    name,
    placement: selected ? 'serving' : wanted === 0 ? 'off' : 'draining',
    word: escapeLine(`${selected ? 'SELECTED' : 'NOT SELECTED'} ${ready}/${wanted}`, 60),
    fresh: isPure && isAvailable && wanted > 0,
    failing: selected && ready === 0,
    check: words,
    responses: 0,
    errors: 0,
  }
}
