import {OpsError} from '../../errors.ts'
import {escapeLine} from '../../text/escape.ts'
import type {OpsContext} from '../context.ts'
import type {SignatureVerdict} from './ssh-signature.ts'

/** Whose signature a backup carries, and accepting one that carries none that is allowed. */
export interface SignOps {
  /** Undefined when signatures are not configured. Raises `backup/missing`, `backup/damaged`. */
  signature(id: string): Promise<SignatureVerdict | undefined>
  /**
   * Signs its manifest with this host's key, in place of the signature that is there. `accept` is what a person typed: the
   * fault that is accepted, word for word. Raises `backup/untrusted` when it is another one, or none can be accepted.
   */
  sign(id: string, accept: string | undefined): Promise<void>
}

export function createSignOps({catalog, tools, source}: OpsContext): SignOps {
  return {
    signature: id => catalog.signature(id, tools.signal),
    async sign(id, accept) {
      const verdict = await catalog.signature(id, tools.signal)
      if (verdict === undefined)
        throw new OpsError('usage/arguments', `backup ${source.backup.name} is configured without signatures`, {
          hint: 'Set signing of the backup.',
        })
      // A good one is renewed: the key may be about to be replaced.
      if (!verdict.ok) requireAccepted(id, verdict, accept)
      const was = verdict.ok ? `signed by ${verdict.key}` : verdict.reason
      await tools.act(`sign the manifest of backup ${id}: ${was}`, signal => catalog.sign(id, signal), undefined)
    },
  }
}

function requireAccepted(
  id: string,
  {reason, token}: {readonly reason: string; readonly token: string | undefined},
  accept: string | undefined,
): void {
  if (token === undefined)
    throw new OpsError('backup/untrusted', `backup ${id}: ${reason}, which nobody can accept`, {
      hint: 'The manifest or its signature was changed after it was signed. Take another backup.',
    })
  if (accept === token) return
  throw new OpsError(
    'backup/untrusted',
    accept === undefined
      ? `backup ${id}: ${reason}`
      : `backup ${id}: ${reason}, and ${escapeLine(accept, 80)} was accepted`,
    {hint: `Whoever signs it answers for it: --accept ${token}`},
  )
}
