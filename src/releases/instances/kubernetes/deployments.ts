import type {Obstacle} from '../../../kinds/questions.ts'
import {escapeLine} from '../../../text/escape.ts'
import {kubectlArgv} from './kubectl.ts'
import type {Exec} from '../../../processes/exec.ts'
import type {KubernetesInstancesSpec} from './schema.ts'

interface Deployment {
  readonly spec?: {
    readonly paused?: unknown
    readonly template?: {readonly spec?: {readonly containers?: unknown}}
  }
}

const ASK_MS = 30_000

/**
 * Why a version would not come to run on these Deployments. A patch of a container that is not there adds one, and one of a
 * Deployment that is paused changes no pod: neither is refused by the cluster.
 */
export async function deploymentObstacles(
  spec: Pick<KubernetesInstancesSpec, 'kubectl' | 'context' | 'namespace' | 'container'>,
  names: readonly string[],
  exec: Exec,
): Promise<readonly Obstacle[]> {
  const asked = await Promise.all(
    names.map(async name => {
      const argv = [...kubectlArgv(spec), 'get', name, '--output=json']
      const said = await exec(argv, {timeoutMs: ASK_MS, cwd: '/', anyExit: true}).catch(() => undefined)
      const what = escapeLine(name, 200)
      if (said === undefined) return []
      return said.exitCode === 0
        ? wrongIn(said.stdout, spec.container, what)
        : unread(said.stderr, spec.namespace, what)
    }),
  )
  return asked.flat()
}

function unread(stderr: string, namespace: string, what: string): readonly Obstacle[] {
  const place = `namespace ${escapeLine(namespace, 80)}`
  if (stderr.includes('(NotFound)'))
    return [
      {
        what: `${place} has no ${what}`,
        fix: 'Correct instances.namespace or instances.deployment of the release; it changes Deployments and makes none.',
      },
    ]
  // A cluster that does not answer is said by whatever asks it next.
  if (!stderr.includes('(Forbidden)')) return []
  return [{what: `this user may not read ${what} in ${place}`, fix: 'Give it a Role with `get` of it.'}]
}

function wrongIn(text: string, container: string, what: string): readonly Obstacle[] {
  const {spec} = read(text)
  const {containers} = spec?.template?.spec ?? {}
  const names = (Array.isArray(containers) ? containers : []).map(({name}: {readonly name?: unknown}) => String(name))
  return [
    ...(names.includes(container)
      ? []
      : [
          {
            what: `${what} has no container ${escapeLine(container, 80)}: a start would add one beside ${names.map(name => escapeLine(name, 80)).join(', ') || 'none'}`,
            fix: 'Set instances.container of the release to the one that has the version.',
          },
        ]),
    ...(spec?.paused === true
      ? [
          {
            what: `${what} is paused: a start would change none of its pods`,
            fix: 'Ask who paused it, then `kubectl rollout resume` it.',
          },
        ]
      : []),
  ]
}

function read(text: string): Deployment {
  try {
    return (JSON.parse(text) ?? {}) as Deployment
  } catch {
    return {}
  }
}
