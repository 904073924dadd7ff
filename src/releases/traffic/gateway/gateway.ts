import {messageOf, OpsError} from '../../../errors.ts'
import type {Exec} from '../../../processes/exec.ts'
import {escapeLine} from '../../../text/escape.ts'
import {quotePosix} from '../../../text/quote-posix.ts'
import {systemClock} from '../../../units/clock.ts'
import {formatDuration} from '../../../units/duration.ts'
import {objectIdentities} from '../../instances/kubernetes/identity.ts'
import {contextWords, kubectlArgv} from '../../instances/kubernetes/kubectl.ts'
import {probeUntil} from '../../wait.ts'
import {openCounts, withCounts} from '../kubernetes/counts.ts'
import {unpatched} from '../kubernetes/unpatched.ts'
import type {Move, TrafficDriver, TrafficServer} from '../traffic-driver.ts'
import {gatewayObstacles} from './obstacles.ts'
import {type Seen, seenOf} from './read.ts'
import {type Route, ROUTES} from './route.ts'
import type {GatewayTrafficSpec} from './schema.ts'
import {type PatchOperation, patchFor, weightsOf, weightWords} from './weights.ts'

const LOOK_MS = 500

/** The weights of an HTTPRoute: all its rules by one patch, which holds only for the very route that was read. */
export function openGatewayTraffic(spec: GatewayTrafficSpec, {exec}: {readonly exec: Exec}): TrafficDriver {
  const {servers, route, timeout: timeoutMs} = spec
  const names = Object.keys(servers)
  const count = spec.counts === undefined ? undefined : openCounts(spec.counts, {exec, names, timeoutMs})
  let seen: Seen | undefined
  const kubectl = async (words: readonly string[], signal: AbortSignal): Promise<string> =>
    (await exec([...kubectlArgv(spec), ...words], {signal, timeoutMs, cwd: '/'})).stdout
  const look = async (signal: AbortSignal): Promise<Seen> => {
    try {
      const deployments = names.map(name => `deployments.apps/${name}`)
      seen = seenOf(await kubectl(['get', `${ROUTES}/${route}`, ...deployments, '--output=json'], signal), spec)
      return seen
    } catch (cause) {
      signal.throwIfAborted()
      if (cause instanceof OpsError && cause.code.startsWith('traffic/')) throw cause
      throw new OpsError('traffic/unreachable', `kubectl cannot say where traffic is: ${messageOf(cause)}`, {cause})
    }
  }
  const patchWords = (operations: readonly PatchOperation[]): readonly string[] => [
    'patch',
    ROUTES,
    route,
    '--type=json',
    `--patch=${JSON.stringify(operations)}`,
  ]
  return {
    target: `httproute ${spec.namespace}/${route}${contextWords(spec)}`,
    identity: signal => objectIdentities(spec, [`${ROUTES}/${route}`], {exec, signal}),
    abilities: {
      drain: true,
      weights: true,
      perServerCounters: count !== undefined,
      ownChecks: true,
      survivesReload: true,
    },
    async state(signal) {
      const [now, counts] = await Promise.all([look(signal), count?.(signal)])
      const all = names.flatMap(name => serverOf(name, now) ?? []).map(server => withCounts(server, counts))
      return {servers: new Map(all.map(server => [server.name, server])), unserved: 0, closed: closedWords(now.route)}
    },
    recheck: () => [],
    obstacles: signal => gatewayObstacles(spec, {exec, look, signal}),
    command(moves) {
      const operations = seen === undefined ? [] : patchFor(seen.route, moves)
      return operations.length === 0
        ? `nothing to patch: ${moves.map(({server, to}) => `${server} ${to}`).join(', ')}`
        : [...kubectlArgv(spec), ...patchWords(operations)].map(quotePosix).join(' ')
    },
    async move(moves, signal) {
      const {route: before} = seen ?? (await look(signal))
      // What is half done then is looked at anew, by whoever goes on or back.
      seen = undefined
      const operations = patchFor(before, moves)
      if (operations.length === 0) return
      try {
        await kubectl(patchWords(operations), signal)
      } catch (cause) {
        signal.throwIfAborted()
        const now = await look(signal).then(
          ({route: is}) => is,
          () => undefined,
        )
        // Heard all the same, or done by somebody else: it is as it should be.
        if (now === undefined || patchFor(now, moves).length > 0)
          throw changedMeanwhile(before, now, cause) ?? unpatched(cause)
      }
      await untilAccepted({before, moves, look, settleMs: spec.settle, signal})
      seen = undefined
    },
  }
}

/** The API says of a `test` that fails only that there was an error in the request: what is so says more. */
function changedMeanwhile(before: Route, now: Route | undefined, cause: unknown): OpsError | undefined {
  const isUnknown = cause instanceof OpsError && cause.code === 'process/timeout'
  if (now === undefined || isUnknown || (now.uid === before.uid && now.generation === before.generation))
    return undefined
  const words = ({rules}: Route): string =>
    rules
      .filter(({isOurs}) => isOurs)
      .map(rule => `${rule.words}: ${rule.backends.map(({name, weight}) => `${name} ${weight}`).join(', ')}`)
      .join('; ')
  return new OpsError(
    'traffic/refused',
    `somebody else changed the HTTPRoute ${escapeLine(before.name, 80)} meanwhile, so nothing of it was patched: it had ` +
      `${words(before) || 'none of our rules'}, and has ${words(now) || 'none of our rules'}`,
    {cause, hint: 'Look at that change, then run again: the next look starts from it.'},
  )
}

/** Every Gateway that had accepted the route before accepts what it is now. Raises `traffic/refused`. */
async function untilAccepted({
  before,
  moves,
  look,
  settleMs: timeoutMs,
  signal,
}: {
  readonly before: Route
  readonly moves: readonly Move[]
  readonly look: (signal: AbortSignal) => Promise<Seen>
  readonly settleMs: number
  readonly signal: AbortSignal
}): Promise<void> {
  const meant = new Set(before.parents.filter(({isAccepted}) => isAccepted).map(({words}) => words))
  const ask = async () => {
    const {route} = await look(signal)
    const late = route.parents.find(
      ({words, isAccepted, observed}) =>
        meant.has(words) && (!isAccepted || (observed !== undefined && observed < route.generation)),
    )
    return {ok: late === undefined, reason: late === undefined ? '' : `${late.words}, ${lateWords(late, route)}`}
  }
  const asked = await probeUntil(ask, {timeoutMs, everyMs: LOOK_MS, signal, clock: systemClock})
  if (!asked.ok)
    throw new OpsError(
      'traffic/refused',
      `the weights for ${moves.map(({server, to}) => `${server} ${to}`).join(', ')} are in the HTTPRoute ${escapeLine(before.name, 80)}, ` +
        `and after ${formatDuration(asked.ms)} they are not accepted: ${asked.reason}`,
      {hint: 'Whether requests follow them is not known. Look at the controller of the Gateway.'},
    )
}

const lateWords = ({isAccepted, reason, observed}: Route['parents'][number], {generation}: Route): string =>
  isAccepted ? `its controller has seen generation ${observed ?? '?'} of ${generation}` : reason

/** Where users get an error whatever runs behind it. */
function closedWords({name, rules, parents}: Route): string | undefined {
  const route = `HTTPRoute ${escapeLine(name, 80)}`
  if (parents.length > 0 && parents.every(({isAccepted}) => !isAccepted))
    return `${route} is accepted by no Gateway: ${parents.map(({words, reason}) => `${words}, ${reason}`).join('; ')}`
  const nobody = rules.find(({isOurs, backends}) => isOurs && backends.every(({weight}) => weight === 0))
  return nobody === undefined ? undefined : `${nobody.words} of ${route} sends nobody anywhere: every weight is 0`
}

/** Undefined: no rule names it. */
function serverOf(name: string, {route, deployments}: Seen): TrafficServer | undefined {
  const weights = weightsOf(route, name)
  if (weights === undefined) return undefined
  const rollout = deployments.get(name)
  const {
    wanted = 0,
    ready = 0,
    isPure = true,
    isAvailable = false,
    words = 'no Deployment of that name',
  } = rollout ?? {}
  const serves = weights.some(({weight}) => weight > 0)
  const [first] = weights
  const isOne = weights.every(({weight, of}) => weight === first?.weight && of === first.of)
  return {
    name,
    placement: serves ? 'serving' : wanted === 0 ? 'off' : 'draining',
    word: escapeLine(`${weightWords(weights)}, ${ready}/${wanted}`, 80),
    fresh: isPure && isAvailable && wanted > 0,
    failing: serves && ready === 0,
    check: [words, ...route.notes].join('; '),
    ...(isOne && first !== undefined ? {weight: first.weight} : {}),
    responses: 0,
    errors: 0,
  }
}
