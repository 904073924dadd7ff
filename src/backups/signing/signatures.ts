import {createHash} from 'node:crypto'
import {messageOf, OpsError} from '../../errors.ts'
import type {Exec} from '../../processes/exec.ts'
import type {BackupConfig} from '../config.ts'
import {checkSignature, type SignatureVerdict, signText} from './ssh-signature.ts'
import {readBoundedSoon} from '../../files/bounded-file.ts'

/** Signs manifests, and says whose a signature is. */
export interface Signatures {
  /** Undefined where this host only checks. */
  readonly sign: ((text: string, signal?: AbortSignal) => Promise<string>) | undefined
  check(text: string, signature: string | undefined, signal?: AbortSignal): Promise<SignatureVerdict>
}

/** What was found out, by manifest, signature and list of allowed keys: a catalogue is read every few seconds. */
export type KnownVerdicts = Map<string, SignatureVerdict>

/** Undefined when the backup is configured without signatures. */
export function openSignatures(
  {signing}: Pick<BackupConfig, 'signing'>,
  {exec, known = new Map()}: {readonly exec: Exec; readonly known?: KnownVerdicts},
): Signatures | undefined {
  if (signing === undefined) return undefined
  const {key, allowedSigners, signer} = signing
  return {
    sign: key === undefined ? undefined : (text, signal) => signText(text, key, {exec, ...withSignal(signal)}),
    async check(text, signature, signal) {
      const allowed = await readAllowed(allowedSigners)
      const name = createHash('sha256')
        .update(JSON.stringify([text, signature ?? null, allowed, signer]))
        .digest('hex')
      const verdict =
        known.get(name) ??
        (await checkSignature(text, signature, {exec, allowedSigners, signer, ...withSignal(signal)}))
      if (known.size >= KNOWN) known.clear()
      known.set(name, verdict)
      return verdict
    },
  }
}

const KNOWN = 2000
const withSignal = (signal: AbortSignal | undefined): {signal?: AbortSignal} => (signal === undefined ? {} : {signal})

async function readAllowed(file: string): Promise<string> {
  try {
    return (await readBoundedSoon(file)).toString('utf8')
  } catch (cause) {
    throw new OpsError('config/invalid', `the list of allowed signers cannot be read: ${messageOf(cause)}`, {
      cause,
      hint: 'Correct signing.allowedSigners of the backup; ssh-keygen(1), ALLOWED SIGNERS, says what is in it.',
    })
  }
}
