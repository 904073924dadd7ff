import {readFileSync} from 'node:fs'
import {hostname} from 'node:os'
import {askSystem} from '../processes/ask-program.ts'
import {userName} from './account.ts'
import type {Actor} from './actor.ts'
import {readBoundedText} from '../files/bounded-file.ts'

/** What the kernel writes when nobody logged in through PAM. */
const UNSET = 4_294_967_295

/** Who acts here. The name comes from the strongest evidence there is; what the environment claims is kept apart. */
export function detectActor(env: Readonly<Record<string, string | undefined>>): Actor {
  const uid = process.getuid?.() ?? -1
  const login = loginUid()
  const name = (login !== undefined && userName(login)) || userName(uid) || `uid ${uid}`
  const key = sshKey(env)
  const sudo = env['SUDO_USER']
  return {
    name,
    evidence: key === undefined ? 'kernel' : 'sshd',
    uid,
    loginUid: login,
    from: origin(env),
    host: hostname(),
    ...(key === undefined ? {} : {sshKey: key}),
    ...(sudo === undefined ? {} : {sudoFrom: sudo}),
  }
}

function loginUid(): number | undefined {
  try {
    const value = Number(readFileSync('/proc/self/loginuid', 'utf8'))
    return value === UNSET ? undefined : value
  } catch {
    return undefined
  }
}

/** `ssh ADDRESS`, `ci NAME` or the host itself. Only the environment says so. */
function origin(env: Readonly<Record<string, string | undefined>>): string {
  if (env['GITHUB_ACTIONS'] === 'true') return 'ci github-actions'
  if (env['GITLAB_CI'] === 'true') return 'ci gitlab'
  if (env['CI'] !== undefined && env['CI'] !== '' && env['CI'] !== 'false') return 'ci'
  const connection = env['SSH_CONNECTION']?.split(' ')[0]
  return connection ? `ssh ${connection.replaceAll(/[^0-9a-fA-F.:%]/g, '')}` : 'host'
}

/** The key that sshd let in, when `ExposeAuthInfo` is on: the file is written by sshd, its name by the environment. */
function sshKey(env: Readonly<Record<string, string | undefined>>): string | undefined {
  const file = env['SSH_USER_AUTH']
  if (!file) return undefined
  try {
    const line = /^publickey (\S+) (\S+)/m.exec(readBoundedText(file, 64 << 10))
    if (!line) return undefined
    return askSystem(['ssh-keygen', '-lf', '-'], `${line[1]} ${line[2]}\n`)?.split(' ')[1]
  } catch {
    return undefined
  }
}
