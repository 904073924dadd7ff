import {createHmac, scryptSync, timingSafeEqual} from 'node:crypto'
import {OpsError} from '../errors.ts'

/** Digests of the secret parameters of a run by name: of the value as it was given, and as the runbook's schema made it. */
export type SecretDigests = Readonly<Record<string, readonly string[]>>

/** Slow on purpose (about 50 ms): short secrets must not be found by trying, should the key be read as well. */
const COST = {N: 16_384, r: 8, p: 1}
const BYTES = 32

/** Of a value nothing is kept but this: without the key of the state directory nobody can tell whether a guess is right. */
export function secretDigest(
  key: Buffer,
  {run, name, value}: {readonly run: string; readonly name: string; readonly value: string},
): string {
  const salt = createHmac('sha256', key).update(`${run}\0${name}`).digest()
  return scryptSync(value, salt, BYTES, COST).toString('hex')
}

export const digestsOf = (
  key: () => Buffer,
  run: string,
  secrets: Readonly<Record<string, readonly string[]>>,
): SecretDigests =>
  Object.fromEntries(
    Object.entries(secrets).map(([name, values]) => [
      name,
      [...new Set(values)].map(value => secretDigest(key(), {run, name, value})),
    ]),
  )

/** Names of the secret parameters that have another value now; those of older versions kept no digest and are none. */
export function changedSecrets(
  key: () => Buffer,
  {run, secretDigests = {}}: {readonly run: string; readonly secretDigests?: SecretDigests | undefined},
  given: Readonly<Record<string, string>>,
): readonly string[] {
  return Object.entries(given).flatMap(([name, value]) => {
    const known = secretDigests[name]
    if (known === undefined) return []
    const now = Buffer.from(secretDigest(key(), {run, name, value}), 'hex')
    const same = known.some(digest => digest.length === 2 * BYTES && timingSafeEqual(Buffer.from(digest, 'hex'), now))
    return same ? [] : [name]
  })
}

export const otherSecrets = (names: readonly string[], since: string, hint: string): OpsError =>
  new OpsError('runbook/params', `${names.join(', ')}: not the value that ${since}`, {hint})
