import type {AuditQuery} from '../../audit/record.ts'
import {OpsError} from '../../errors.ts'
import {parseDuration} from '../../units/duration.ts'
import type {CommandInput, FlagSpec} from '../command.ts'

export const queryFlags = {
  run: {type: 'string', value: 'ID', description: 'Only records of this run'},
  actor: {type: 'string', value: 'NAME', description: 'Only records of this person'},
  action: {type: 'string', value: 'TEXT', description: 'Only actions that begin with this'},
  text: {type: 'string', value: 'TEXT', description: 'Only records that contain this text'},
  since: {
    type: 'string',
    value: 'WHEN',
    description: 'From this moment: an age such as 2h, or a time such as 2026-11-22T03:12Z',
  },
  until: {type: 'string', value: 'WHEN', description: 'Up to this moment'},
  limit: {type: 'string', value: 'N', description: 'At most the last N records'},
} as const satisfies Record<string, FlagSpec>

/** The query that the flags spell. Raises `usage/arguments` with the flag. */
export function readQuery(flags: CommandInput['flags'], now: number): AuditQuery {
  const text = (name: string): string | undefined => (typeof flags[name] === 'string' ? flags[name] : undefined)
  const since = text('since')
  const until = text('until')
  const limit = text('limit')
  if (limit !== undefined && !/^[1-9]\d*$/.test(limit))
    throw new OpsError('usage/arguments', `--limit should be a whole number above 0, got ${JSON.stringify(limit)}`)
  const plain = Object.fromEntries(
    ['run', 'actor', 'action', 'text'].flatMap(name => (text(name) === undefined ? [] : [[name, text(name)]])),
  )
  return {
    ...plain,
    ...(since === undefined ? {} : {sinceMs: moment('--since', since, now)}),
    ...(until === undefined ? {} : {untilMs: moment('--until', until, now)}),
    ...(limit === undefined ? {} : {limit: Number(limit)}),
  }
}

function moment(flag: string, text: string, now: number): number {
  const age = parseDuration(text)
  const at = age === undefined ? Date.parse(text) : now - age
  if (Number.isNaN(at))
    throw new OpsError(
      'usage/arguments',
      `${flag} should be an age such as 2h or a time such as 2026-11-22T03:12Z, got ${JSON.stringify(text)}`,
    )
  return at
}
