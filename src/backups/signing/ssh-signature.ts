import {mkdtemp, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import path from 'node:path'
import type {Exec} from '../../processes/exec.ts'
import {escapeLine} from '../../text/escape.ts'

/** What a signature is for: one that was made for something else does not count. */
export const NAMESPACE = 'opsconsole-backup@1'

/** Whose signature a text carries, or why it counts for nothing. `token` is what a person types to accept it all the same. */
export type SignatureVerdict =
  | {readonly ok: true; readonly signer: string; readonly key: string}
  | {readonly ok: false; readonly reason: string; readonly token: string | undefined}

interface SignatureTools {
  readonly exec: Exec
  readonly signal?: AbortSignal
}

/** A key with a passphrase is used through its agent: nobody is there to be asked for it. */
const NOBODY_ASKED = {SSH_ASKPASS: '/bin/false', SSH_ASKPASS_REQUIRE: 'force'}

/** An SSHSIG of the text by OpenSSH itself, so that agents and security keys work. Raises `process/failed`. */
export async function signText(text: string, key: string, {exec, signal}: SignatureTools): Promise<string> {
  const {stdout} = await exec(['ssh-keygen', '-q', '-Y', 'sign', '-n', NAMESPACE, '-f', key], {
    input: text,
    env: NOBODY_ASKED,
    ...(signal === undefined ? {} : {signal}),
  })
  return stdout
}

/** Asks OpenSSH, as a person on a bare machine would: `ssh-keygen -Y verify`. */
export async function checkSignature(
  text: string,
  signature: string | undefined,
  options: SignatureTools & {readonly allowedSigners: string; readonly signer: string},
): Promise<SignatureVerdict> {
  if (signature === undefined) return {ok: false, reason: 'it is not signed', token: 'unsigned'}
  const {exec, signal, allowedSigners, signer} = options
  const directory = await mkdtemp(path.join(tmpdir(), 'opsconsole-signature-'))
  const file = path.join(directory, 'signature')
  const ask = (...words: readonly string[]): ReturnType<Exec> =>
    exec(['ssh-keygen', '-Y', ...words, '-n', NAMESPACE, '-s', file], {
      input: text,
      anyExit: true,
      ...(signal === undefined ? {} : {signal}),
    })
  try {
    await writeFile(file, signature, {mode: 0o600})
    const verified = await ask('verify', '-f', allowedSigners, '-I', signer)
    if (verified.exitCode === 0) return {ok: true, signer, key: keyIn(verified.stdout)}
    // Whose it is, if it fits the text at all.
    const unknown = await ask('check-novalidate')
    if (unknown.exitCode !== 0)
      return {ok: false, reason: `its signature does not fit it: ${words(unknown.stderr)}`, token: undefined}
    const key = keyIn(unknown.stdout)
    return {ok: false, reason: `it is signed by a key that is not allowed, ${key}`, token: key}
  } finally {
    await rm(directory, {recursive: true, force: true})
  }
}

const keyIn = (text: string): string => /SHA256:[A-Za-z0-9+/]+/.exec(text)?.[0] ?? 'unknown'
const words = (text: string): string => escapeLine(text.trim().split('\n').at(-1) ?? '', 200)
