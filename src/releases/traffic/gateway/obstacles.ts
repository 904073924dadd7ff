import type {Obstacle} from '../../../kinds/questions.ts'
import type {Exec} from '../../../processes/exec.ts'
import {escapeLine} from '../../../text/escape.ts'
import {kubectlArgv} from '../../instances/kubernetes/kubectl.ts'
import {missingRights, unclearContext} from '../../instances/kubernetes/rights.ts'
import {missingKubernetesPrograms} from '../kubernetes/counts.ts'
import {itemsOf} from '../kubernetes/read.ts'
import type {Seen} from './read.ts'
import {routeOf, ROUTES} from './route.ts'
import type {GatewayTrafficSpec} from './schema.ts'

interface Tools {
  readonly exec: Exec
  readonly look: (signal: AbortSignal) => Promise<Seen>
  readonly signal: AbortSignal
}

/** What would not follow the weights of this route, or keeps this user from setting them. */
export async function gatewayObstacles(
  spec: GatewayTrafficSpec,
  {exec, look, signal}: Tools,
): Promise<readonly Obstacle[]> {
  const missing = await missingKubernetesPrograms(spec)
  if (missing.length > 0) return missing
  const asked = await Promise.all([
    unclearContext('traffic', spec, exec),
    missingRights(spec, exec, [`${ROUTES}/${spec.route}`]),
    otherRoutes(spec, exec),
    // One that cannot be read says so itself, to whoever asks for its state.
    look(signal).then(routeObstacles, () => []),
  ])
  return asked.flat()
}

function routeObstacles({route: {name, parents, problems}}: Seen): readonly Obstacle[] {
  const route = `HTTPRoute ${escapeLine(name, 80)}`
  return [
    ...problems.map(problem => ({
      what: `${route}: ${problem}`,
      fix: 'Give each rule that sends to a slot the Services of all instances and nothing else, or move it into an HTTPRoute of its own and name that in traffic.otherRoutes.',
    })),
    ...parents
      .filter(({isAccepted}) => !isAccepted)
      .map(({words, reason}) => ({
        what: `${route} is not in effect at ${words}: ${reason}`,
        fix: 'Correct the HTTPRoute or its Gateway, or take that parent out of it, then plan again.',
      })),
  ]
}

/** Routes that keep sending to a slot after a switch, and break when it is ended. */
async function otherRoutes(spec: GatewayTrafficSpec, exec: Exec): Promise<readonly Obstacle[]> {
  const argv = [...kubectlArgv(spec), 'get', ROUTES, '--output=json']
  const said = await exec(argv, {timeoutMs: spec.timeout, cwd: '/', anyExit: true}).catch(() => undefined)
  if (said === undefined) return []
  if (said.exitCode !== 0)
    return said.stderr.includes('forbidden')
      ? [
          {
            what: `this user may not list HTTPRoutes in namespace ${escapeLine(spec.namespace, 80)}: whether another one sends to these Services is not known`,
            fix: 'Give it a Role with `list` of them.',
          },
        ]
      : []
  return itemsOf(said.stdout)
    .filter(({metadata}) => metadata?.name !== spec.route && !spec.otherRoutes.includes(String(metadata?.name)))
    .flatMap(item => {
      const {name, rules} = routeOf(item, spec.servers)
      const taken = rules
        .flatMap(({backends}) => backends)
        .filter(({server, weight}) => server !== undefined && weight > 0)
      const services = [...new Set(taken.map(one => escapeLine(one.name, 80)))]
      return services.length === 0
        ? []
        : [
            {
              what: `the HTTPRoute ${escapeLine(name, 80)} sends to ${services.join(' and ')}, too, and would not be moved`,
              fix: 'Put its rules into the other route, or name it in traffic.otherRoutes when it may stay.',
            },
          ]
    })
}
