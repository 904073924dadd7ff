import {anyLoginShell} from '../../../text/login-shell.ts'
import type {SshStorageSpec} from './schema.ts'

/**
 * The user's own ssh_config counts (jump hosts, ciphers), but not here: nothing is asked, no key is believed that was
 * not known before, nothing is forwarded, and no connection is shared, for one that stays would keep our pipes open.
 */
const FIXED = {
  BatchMode: 'yes',
  StrictHostKeyChecking: 'yes',
  ServerAliveInterval: '5',
  ServerAliveCountMax: '3',
  ControlMaster: 'no',
  ControlPath: 'none',
  ClearAllForwardings: 'yes',
  ForwardAgent: 'no',
  ForwardX11: 'no',
  PermitLocalCommand: 'no',
  RemoteCommand: 'none',
  RequestTTY: 'no',
  EscapeChar: 'none',
  LogLevel: 'ERROR',
} as const

/** `%` stands for something in OpenSSH's file names, and a blank would end one. */
const fileOption = (file: string): string => `"${file.replaceAll('%', '%%')}"`

/** The argument list that runs a script in the POSIX sh of the host, whatever the login shell is. Pure. */
export function sshArgv(spec: SshStorageSpec, script: string): readonly string[] {
  const options = {
    ...FIXED,
    ConnectTimeout: String(Math.max(1, Math.ceil(spec.connectTimeout / 1000))),
    ...(spec.user === undefined ? {} : {User: spec.user}),
    ...(spec.port === undefined ? {} : {Port: String(spec.port)}),
    ...(spec.identityFile === undefined ? {} : {IdentityFile: fileOption(spec.identityFile), IdentitiesOnly: 'yes'}),
    ...(spec.knownHostsFile === undefined ? {} : {UserKnownHostsFile: fileOption(spec.knownHostsFile)}),
  }
  const words = Object.entries(options).flatMap(([name, value]) => ['-o', `${name}=${value}`])
  return ['ssh', ...words, '--', spec.host, anyLoginShell(script)]
}

/** `ssh://backups@vault:2222/srv/backups`; a path in the home directory is `/~/...`. */
export function sshAddress({user, host, port, path}: SshStorageSpec): string {
  const name = host.includes(':') && !host.startsWith('[') ? `[${host}]` : host
  const place = path.startsWith('/') ? path : `/~/${homePath(path)}`
  return `ssh://${user === undefined ? '' : `${user}@`}${name}${port === undefined ? '' : `:${port}`}${place.replace(/(?<=.)\/+$/, '')}`
}

/** Relative to the home directory, where a session begins; no shell of ours expands `~`. */
const homePath = (path: string): string => path.replace(/^(?:~\/|\.\/)+/, '')

/** The path as the remote shell takes it: never an option, never looked for elsewhere. */
export const remotePath = (path: string): string => (path.startsWith('/') ? path : `./${homePath(path)}`)
