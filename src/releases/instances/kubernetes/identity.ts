import {messageOf, OpsError} from '../../../errors.ts'
import type {Exec} from '../../../processes/exec.ts'
import {escapeLine} from '../../../text/escape.ts'
import {kubectlArgv} from './kubectl.ts'
import type {KubernetesInstancesSpec} from './schema.ts'

const ASK_MS = 30_000

interface Named {
  readonly kind?: unknown
  readonly metadata?: {readonly name?: unknown; readonly namespace?: unknown; readonly uid?: unknown}
}

/**
 * These objects with their uid: those of another cluster, or of another namespace, have the same names and no other uid in common.
 * Raises `traffic/unreachable`.
 */
export async function objectIdentities(
  spec: Pick<KubernetesInstancesSpec, 'kubectl' | 'context' | 'namespace'>,
  objects: readonly string[],
  {exec, signal}: {readonly exec: Exec; readonly signal: AbortSignal},
): Promise<string> {
  try {
    const argv = [...kubectlArgv(spec), 'get', ...objects, '--output=json']
    const printed = JSON.parse((await exec(argv, {signal, timeoutMs: ASK_MS, cwd: '/'})).stdout) as Named & {
      readonly items?: readonly Named[]
    }
    const text = (value: unknown): string => escapeLine(typeof value === 'string' ? value : '?', 80)
    return (printed.items ?? [printed])
      .map(
        ({kind, metadata}) =>
          `${text(kind)} ${text(metadata?.namespace)}/${text(metadata?.name)} ${text(metadata?.uid)}`,
      )
      .join(', ')
  } catch (cause) {
    signal.throwIfAborted()
    throw new OpsError('traffic/unreachable', `kubectl cannot say which cluster this is: ${messageOf(cause)}`, {cause})
  }
}
