import {execFileSync} from 'node:child_process'
import {readFileSync, writeFileSync} from 'node:fs'
import path from 'node:path'

/** A new SSH key in `signer` of a directory, and a list in `allowed` by which its signatures of backups count. */
export function makeSigner(
  directory: string,
  {name = 'signer', allowed = true} = {},
): {key: string; allowedSigners: string} {
  const key = path.join(directory, name)
  const allowedSigners = path.join(directory, 'allowed')
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', name, '-f', key])
  const [type = '', value = ''] = readFileSync(`${key}.pub`, 'utf8').split(' ')
  const line = `opsconsole namespaces="opsconsole-backup@1" ${type} ${value}\n`
  if (allowed) writeFileSync(allowedSigners, line, {flag: 'a'})
  return {key, allowedSigners}
}
