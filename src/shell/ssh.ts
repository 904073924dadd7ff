import {existsSync} from 'node:fs'
import {userInfo} from 'node:os'
import path from 'node:path'
import {OpsError} from '../errors.ts'
import {quotePosix} from '../text/quote-posix.ts'
import {remoteCommand} from './remote-command.ts'
import type {Shell, ShellOptions} from './shell.ts'
import {renderCommand} from './render-command.ts'
import {type CommandOptions, requireText, shellOf} from './shell-of.ts'

export {quotePosix} from '../text/quote-posix.ts'

/** How hosts are reached. What is left out is OpenSSH's own configuration: keys, agent, known hosts, jump hosts. */
export interface SshOptions {
  readonly user?: string
  readonly port?: number
  /** An ssh_config file instead of the user's. */
  readonly config?: string
  /** Where the shared connections are; see ControlPath in ssh_config(5). Default `~/.ssh/oc-%C`, none without ~/.ssh. */
  readonly controlPath?: string
  /** Further options by name: `{StrictHostKeyChecking: 'accept-new'}`. They stand before the ones made here. */
  readonly options?: Readonly<Record<string, string>>
}

/** Asks nothing, gives up on what does not answer, and keeps one connection a host for a minute. */
const STANDING = {
  BatchMode: 'yes',
  ConnectTimeout: '10',
  ServerAliveInterval: '15',
  ServerAliveCountMax: '4',
  ControlMaster: 'auto',
} as const

/** The argument list that runs one command on one host. Raises `runbook/invalid` for what cannot be a host. */
export function sshArgv(
  host: string,
  command: string,
  ssh: SshOptions = {},
  hasDirectory = hasSshDirectory(),
): readonly string[] {
  requireHost(host)
  const shared = ssh.controlPath ?? (hasDirectory ? '~/.ssh/oc-%C' : undefined)
  const standing = shared === undefined ? {...STANDING, ControlMaster: 'no'} : STANDING
  const options = {
    // OpenSSH takes the first of two: the author's stand before ours.
    ...ssh.options,
    ...Object.fromEntries(Object.entries(standing).filter(([name]) => ssh.options?.[name] === undefined)),
    ...(shared === undefined ? {ControlPath: 'none'} : {ControlPath: shared, ControlPersist: '60s'}),
  }
  return [
    'ssh',
    ...(ssh.config === undefined ? [] : ['-F', ssh.config]),
    ...(ssh.user === undefined ? [] : ['-l', ssh.user]),
    ...(ssh.port === undefined ? [] : ['-p', String(ssh.port)]),
    ...Object.entries(options).flatMap(([name, value]) => ['-o', `${name}=${value}`]),
    '--',
    host,
    command,
  ]
}

/** A service account may have none: then each command makes a connection of its own. OpenSSH does not go by $HOME. */
function hasSshDirectory(): boolean {
  try {
    return existsSync(path.join(userInfo().homedir, '.ssh'))
  } catch {
    return false
  }
}

/** A name, an address, or `user@` before one. Nothing that a program could take for an option. */
export function requireHost(host: string): void {
  if (/^[\p{L}\p{N}_[][\p{L}\p{N}._:@%[\]-]*$/u.test(host)) return
  throw new OpsError('runbook/invalid', `${JSON.stringify(host)} cannot be a host`)
}

/** A command for a shell far away, every value quoted for any POSIX shell; a list becomes several words. */
export function renderRemote(pieces: readonly string[], values: readonly unknown[]): string {
  requireText(pieces, values)
  const words = (value: unknown): string =>
    Array.isArray(value) ? value.map(item => quotePosix(String(item))).join(' ') : quotePosix(String(value))
  return pieces.map((piece, index) => piece + (index < values.length ? words(values[index]) : '')).join('')
}

/** Questions go over a connection that is there, and never make one that stays and keeps what they print to open. */
function asking(ssh: SshOptions): SshOptions {
  const {ControlMaster: _master, ConnectTimeout: _timeout, ...options} = ssh.options ?? {}
  return {...ssh, options: {...options, ControlMaster: 'no', ConnectTimeout: '3'}}
}

/**
 * The `$` of one host: the same recording, streaming, redaction, abort and dry run as of the local one, through which
 * `ssh` itself runs. Every line is labelled with the host. What is recorded is the author's command; around it goes a
 * small program that every login shell can start, by which it is found, stopped, and known to have ended.
 */
export function remoteShell(local: Shell, host: string, ssh: SshOptions = {}): Shell {
  requireHost(host)
  const send = (command: string): string => renderCommand(TEMPLATE, [sshArgv(host, command, ssh)])
  const ask = (command: string): readonly string[] => sshArgv(host, command, asking(ssh))
  return shellOf(renderRemote, async (text, {env = {}, quiet, cwd: _cwd, ...options}) => {
    if (Object.keys(env).length > 0)
      throw new OpsError('step/failed', 'a command on another host has no environment of yours: give secrets as input')
    const remote = remoteCommand(text, {host, send, ask})
    // The shared connection outlives the command on purpose: without the tag it is not taken for an orphan of it.
    const own: CommandOptions = {...options, label: host, env: {OPSCONSOLE_IDEMPOTENCY_KEY: ''}, remote}
    const command = local(own satisfies ShellOptions)`${sshArgv(host, text, ssh)}`
    return quiet ? command.quiet() : command
  })
}

/** A command that is one list of words. */
const TEMPLATE: TemplateStringsArray = Object.assign(['', ''], {raw: ['', '']})
