import {messageOf} from '../../errors.ts'

/** The server answered, and it is not what was asked for, or will not let this role use it: the connection is not used. */
export class RedisRefusal extends Error {
  override readonly name = 'RedisRefusal'
  /** What a probe makes of it: `degraded` where the server serves others. */
  readonly status: 'down' | 'degraded'
  constructor(message: string, options: {readonly status?: 'down' | 'degraded'; readonly cause?: unknown} = {}) {
    super(message, {cause: options.cause})
    this.status = options.status ?? 'down'
  }
}

/** An error that the server sent, and not the connection. */
export const isReply = (error: unknown): error is Error => error instanceof Error && error.name === 'ReplyError'

/** One command, or some of its keys, is not for this role, or the server does not know it; the rest may well answer. */
export const isRefused = (error: unknown): boolean =>
  isReply(error) &&
  /^(?:NOPERM\b|ERR (?:unknown command|unknown subcommand|Unknown node|.*not supported))/i.test(error.message)

/** Why a server lets nobody in, or not this one, in words. */
const SHUT: readonly (readonly [RegExp, string])[] = [
  [/^NOAUTH\b/, 'it wants a password'],
  [/^WRONGPASS\b|^ERR invalid password/, 'the user or the password is wrong'],
  [/^DENIED\b/, 'it is in protected mode and answers its own host alone'],
  [/^ERR max number of clients/, 'it takes no more clients: maxclients is reached'],
]

/** Undefined: it says something else. */
export const shutReason = (said: string): string | undefined => SHUT.find(([test]) => test.test(said))?.[1]

/** Answers of a server that lives and serves nobody at the moment, in words. */
const BUSY: readonly (readonly [RegExp, string])[] = [
  [/^LOADING\b/, 'it is loading its data'],
  [/^BUSY\b/, 'it is busy with a script'],
  [/^MASTERDOWN\b/, 'the link to the master is down and stale data is not served'],
  [/^CLUSTERDOWN\b/, 'the cluster is down'],
  [/^MISCONF\b/, 'it refuses writes, because the last snapshot failed'],
]

/** Undefined: the error says something else. */
export function busyReason(error: unknown): string | undefined {
  if (!isReply(error)) return undefined
  return BUSY.find(([test]) => test.test(messageOf(error)))?.[1]
}
