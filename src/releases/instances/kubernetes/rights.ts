import type {Obstacle} from '../../../kinds/questions.ts'
import type {Exec} from '../../../processes/exec.ts'
import {escapeLine} from '../../../text/escape.ts'
import {kubectlArgv} from './kubectl.ts'

interface Kubectl {
  readonly kubectl: readonly string[]
  readonly context?: string | undefined
  readonly namespace: string
}

const ASK_MS = 30_000

/** What this user may not patch, as `kubectl auth can-i` says. A cluster that does not answer is not said here. */
export async function missingRights(
  spec: Kubectl,
  exec: Exec,
  objects: readonly string[],
): Promise<readonly Obstacle[]> {
  const asked = await Promise.all(
    objects.map(async object => {
      const argv = [...kubectlArgv(spec), 'auth', 'can-i', 'patch', object]
      const said = await exec(argv, {timeoutMs: ASK_MS, cwd: '/', anyExit: true}).catch(() => undefined)
      return said?.stdout.trim().startsWith('no') === true ? [object] : []
    }),
  )
  return asked.flat().map(object => ({
    what: `this user may not patch ${escapeLine(object, 200)} in namespace ${escapeLine(spec.namespace, 80)}`,
    fix: 'Give it a Role with `get` and `patch` of it, or another context (kubectl auth can-i patch …).',
  }))
}

/** Without a context, whoever switches the one of the kubeconfig meanwhile moves the run to another cluster. */
export async function unclearContext(key: string, spec: Kubectl, exec: Exec): Promise<readonly Obstacle[]> {
  if (spec.context !== undefined) return []
  const argv = [...spec.kubectl, 'config', 'get-contexts', '--output=name']
  const said = await exec(argv, {timeoutMs: ASK_MS, cwd: '/', anyExit: true}).catch(() => undefined)
  const contexts = (said?.exitCode === 0 ? said.stdout : '').split('\n').filter(line => line.trim() !== '')
  if (contexts.length < 2) return []
  return [
    {
      what: `the kubeconfig has ${contexts.length} contexts, and which cluster is meant depends on the current one`,
      fix: `Set ${key}.context: ${contexts
        .slice(0, 5)
        .map(name => escapeLine(name, 80))
        .join(', ')}.`,
    },
  ]
}
