import type {DoctorTools} from '../../../kinds/define-driver.ts'
import {type Check, ok, skipped, warning} from '../../../kinds/verdict.ts'
import {escapeLine} from '../../../text/escape.ts'
import {contextWords, kubectlArgv} from './kubectl.ts'
import type {KubernetesInstancesSpec} from './schema.ts'

interface Version {
  readonly gitVersion?: unknown
  readonly major?: unknown
  readonly minor?: unknown
}

/** What Kubernetes supports: a kubectl one minor version older or newer than the API server. */
const SKEW = 1

/** Whether kubectl and the cluster are of versions that fit. Nothing is refused by it: most of it works all the same. */
export async function checkKubectl(
  spec: Pick<KubernetesInstancesSpec, 'kubectl' | 'context' | 'namespace'>,
  {name, exec, signal, timeoutMs}: Pick<DoctorTools, 'name' | 'exec' | 'signal' | 'timeoutMs'>,
): Promise<Check> {
  const argv = [...kubectlArgv(spec), 'version', '--output=json']
  const said = await exec(argv, {signal, timeoutMs, cwd: '/', anyExit: true}).catch(() => undefined)
  const {clientVersion, serverVersion} = versionsIn(said?.stdout ?? '')
  if (clientVersion === undefined) return skipped(name, 'kubectl does not say its version')
  const client = `kubectl ${words(clientVersion)}`
  if (serverVersion === undefined)
    return skipped(name, `${client}; the cluster${contextWords(spec)} does not say its version`)
  const both = `${client}, cluster ${words(serverVersion)}${contextWords(spec)}`
  const [one, two] = [minorOf(clientVersion), minorOf(serverVersion)]
  return Number.isNaN(one) || Number.isNaN(two) || Math.abs(one - two) <= SKEW
    ? ok(name, both)
    : warning(name, `${both}: more than one minor version apart`, 'Install a kubectl of the version of the cluster.')
}

function versionsIn(text: string): {readonly clientVersion?: Version; readonly serverVersion?: Version} {
  try {
    return (JSON.parse(text) ?? {}) as {readonly clientVersion?: Version; readonly serverVersion?: Version}
  } catch {
    return {}
  }
}

const words = ({gitVersion}: Version): string => escapeLine(typeof gitVersion === 'string' ? gitVersion : '?', 40)

/** Managed clusters say `31+`. */
const minorOf = ({major, minor}: Version): number =>
  Number.parseInt(String(major), 10) * 1000 + Number.parseInt(String(minor), 10)
