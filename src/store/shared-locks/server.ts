import type {KeptPostgres, PostgresQueries} from '../../connections/postgres/kept.ts'
import {reasonOf} from '../../connections/reason.ts'
import {OpsError} from '../../errors.ts'
import {formatDuration} from '../../units/duration.ts'
import * as sql from './tables.ts'

export interface Calls {
  readonly once: (text: string, values?: readonly (string | number)[]) => ReturnType<PostgresQueries['query']>
  readonly change: <T>(work: (queries: PostgresQueries) => Promise<T>) => Promise<T>
}

/** Work on the server, one after the other, each with its own deadline; its failures in the words of locks. */
export function oneAtATime(server: KeptPostgres, where: () => string, timeoutMs: number) {
  let last: Promise<unknown> = Promise.resolve()
  return <T>(work: (calls: Calls) => Promise<T>): Promise<T> => {
    const next = last.then(async () => {
      const deadline = new AbortController()
      const late = new Error(`no answer within ${formatDuration(timeoutMs)}`)
      const timer = setTimeout(() => deadline.abort(late), timeoutMs)
      try {
        return await work({
          once: (text, values) => server.once(deadline.signal, text, values),
          change: inside => server.change(deadline.signal, timeoutMs, inside),
        })
      } catch (cause) {
        throw inWords(cause, where())
      } finally {
        clearTimeout(timer)
      }
    })
    last = next.catch(() => undefined)
    return next
  }
}

const INSUFFICIENT_PRIVILEGE = '42501'

function inWords(cause: unknown, where: string): OpsError {
  if (cause instanceof OpsError && cause.kind === 'bug') return cause
  return (cause as {readonly code?: unknown} | null)?.code === INSUFFICIENT_PRIVILEGE
    ? new OpsError('lock/setup', `the shared locks at ${where} are not ours to use: ${reasonOf(cause)}`, {
        cause,
        hint: 'The tables and rights that are needed are in docs/locks.md.',
      })
    : new OpsError('lock/unreachable', `the shared locks at ${where} cannot be reached: ${reasonOf(cause)}`, {cause})
}

/** The tables are made by whoever comes first. */
export async function makeTables(calls: Calls): Promise<void> {
  if (await tablesExist(calls)) return
  await calls.change(async ({query}) => {
    await query(sql.ONE_CREATES)
    for (const statement of sql.TABLES.split(/;\n?/).filter(text => text.trim() !== '')) await query(statement)
  })
}

export const tablesExist = async ({once}: Calls): Promise<boolean> => (await once(sql.ARE_THERE))[0]?.['there'] === 't'
