import {messageOf, OpsError} from '../../../errors.ts'
import type {Exec} from '../../../processes/exec.ts'
import {escapeLine} from '../../../text/escape.ts'
import {quotePosix} from '../../../text/quote-posix.ts'
import {kubectlArgv} from '../../instances/kubernetes/kubectl.ts'
import {missingProgram} from '../../missing-program.ts'
import type {Move, TrafficDriver, TrafficServer} from '../traffic-driver.ts'
import {type Change, changeFor, type Cluster, serves} from './moves.ts'
import {clusterOf} from './read.ts'
import type {KubernetesTrafficSpec} from './schema.ts'

/** The selector of a Service, and for shares the numbers of pods. Who is selected no longer keeps its open connections. */
export function openKubernetesTraffic(spec: KubernetesTrafficSpec, {exec}: {readonly exec: Exec}): TrafficDriver {
  const {servers, service, label, replicas, timeout: timeoutMs} = spec
  let seen: Cluster | undefined
  const kubectl = async (words: readonly string[], signal: AbortSignal): Promise<string> =>
    (await exec([...kubectlArgv(spec), ...words], {signal, timeoutMs, cwd: '/'})).stdout
  const look = async (signal: AbortSignal): Promise<Cluster> => {
    try {
      const names = [...new Set(Object.keys(servers))].map(name => `deployment/${name}`)
      seen = clusterOf(await kubectl(['get', `service/${service}`, ...names, '--output=json'], signal), {
        service,
        label,
      })
      return seen
    } catch (cause) {
      if (cause instanceof OpsError && cause.code.startsWith('traffic/')) throw cause
      throw new OpsError('traffic/unreachable', `kubectl cannot say where traffic is: ${messageOf(cause)}`, {cause})
    }
  }
  const argvOf = (change: Change): readonly (readonly string[])[] => [
    // Pods first: who is selected has them already.
    ...change.scale.map(each => [
      'patch',
      'deployment',
      each.deployment,
      '--type=merge',
      `--patch=${JSON.stringify({spec: {replicas: each.replicas}})}`,
    ]),
    ...(change.select === undefined
      ? []
      : [
          [
            'patch',
            'service',
            service,
            '--type=merge',
            `--patch=${JSON.stringify({spec: {selector: {[label]: change.select}}})}`,
          ],
        ]),
  ]
  return {
    target: `kubernetes service ${spec.namespace}/${service}`,
    abilities: {
      drain: true,
      weights: replicas !== undefined,
      perServerCounters: false,
      ownChecks: false,
      survivesReload: true,
    },
    async state(signal) {
      const cluster = await look(signal)
      const all = Object.keys(servers).map(name => serverOf(name, serves(servers, cluster, name), cluster))
      return {servers: new Map(all.map(server => [server.name, server])), unserved: 0}
    },
    recheck: () => [],
    obstacles: async () => missingProgram('traffic.kubectl', spec.kubectl, '/'),
    command: moves =>
      argvOf(seen === undefined ? {scale: []} : changeFor(servers, moves, seen, replicas))
        .map(words => [...kubectlArgv(spec), ...words].map(quotePosix).join(' '))
        .join('; ') || `nothing to patch: ${moves.map(moveWords).join(', ')}`,
    async move(moves, signal) {
      const change = changeFor(servers, moves, seen ?? (await look(signal)), replicas)
      for (const words of argvOf(change))
        try {
          await kubectl(words, signal)
        } catch (cause) {
          throw new OpsError('traffic/refused', `the cluster refused it: ${messageOf(cause)}`, {
            cause,
            hint: 'Earlier patches of the same step may have taken effect.',
          })
        }
      seen = undefined
    },
  }
}

const moveWords = ({server, to}: Move): string => `${server} ${to}`

function serverOf(name: string, selected: boolean, {deployments}: Cluster): TrafficServer {
  const {wanted = 0, ready = 0} = deployments.get(name) ?? {}
  return {
    name,
    placement: selected ? 'serving' : wanted === 0 ? 'off' : 'draining',
    word: escapeLine(`${selected ? 'SELECTED' : 'NOT SELECTED'} ${ready}/${wanted}`, 60),
    fresh: true,
    failing: selected && ready === 0,
    check: `${ready} of ${wanted} pods ready`,
    responses: 0,
    errors: 0,
  }
}
