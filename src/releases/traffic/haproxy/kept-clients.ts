import {escapeLine} from '../../../text/escape.ts'
import {parseCsv} from './csv.ts'

type Ask = (command: string, signal: AbortSignal) => Promise<string>

/**
 * By what HAProxy keeps clients on their server, also on one that drains: a cookie, or a table that remembers servers. It stands in
 * the configuration, so one answer is enough for a run, and a way back in a hurry does not ask again.
 */
export function clientKeeper(backend: string, ask: Ask): (signal: AbortSignal) => Promise<string | undefined> {
  let known: Promise<string | undefined> | undefined
  return signal => {
    known ??= keeperOf(backend, command => ask(command, signal)).catch((cause: unknown) => {
      known = undefined
      throw cause
    })
    return known
  }
}

async function keeperOf(backend: string, ask: (command: string) => Promise<string>): Promise<string | undefined> {
  const rows = parseCsv(await ask('show stat'))
  const cookie = rows.find(row => row['pxname'] === backend && row['svname'] === 'BACKEND')?.['cookie'] ?? ''
  if (cookie !== '') return `the cookie ${escapeLine(cookie, 60)}`
  const others = new Set(
    rows.flatMap(row =>
      row['svname'] === 'BACKEND' || row['svname'] === 'FRONTEND' || row['pxname'] === backend ? [] : [row['pxname']],
    ),
  )
  // A table with another backend that has servers is for those; one of its own may be for anybody. The filter matches nothing:
  // what it is answered says whether the table remembers servers at all.
  for (const table of tablesIn(await ask('show table')).filter(name => !others.has(name)))
    if (!(await ask(`show table ${table} data.server_id lt 0`)).includes('not stored'))
      return `the table ${escapeLine(table, 60)}`
  return undefined
}

/** Of `show table`: `# table: web, type: ip, size:10240, used:0`. */
export const tablesIn = (text: string): readonly string[] =>
  text.split('\n').flatMap(line => /^# table: ([A-Za-z0-9_.:/-]+),/.exec(line)?.[1] ?? [])
