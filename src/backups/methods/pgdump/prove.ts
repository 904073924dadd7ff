import type {Client} from 'pg'
import type {Conninfo} from '../../../connections/postgres/conninfo.ts'
import {withSession} from '../../../connections/postgres/session.ts'
import {messageOf} from '../../../errors.ts'
import {escapeLine} from '../../../text/escape.ts'
import type {PgdumpManifest} from '../../manifest.ts'
import type {Proof} from '../method.ts'
import {compareMeasurements} from '../../compare-measurements.ts'
import {compareOthers} from './compare-others.ts'
import {readLargeObjects, readSequences} from './read-others.ts'
import {readMeasurements} from './measurements.ts'
import {beginMeasuring} from './measuring-session.ts'
import {proofReason} from '../../proof-reason.ts'
import {provedWords} from '../../proved-words.ts'

export interface ProveOptions {
  readonly manifest: PgdumpManifest
  /** Declared in the configuration now; those of the manifest are the ones that were declared then. */
  readonly checks: readonly {readonly name: string; readonly query: string; readonly expect: string}[]
  readonly copy: Conninfo
  readonly signal: AbortSignal
  readonly progress: (done: number, total: number) => void
  readonly now: () => number
}

/** Compares every table's rows and checksum with the manifest and asks the declared queries. Changes nothing. */
export async function proveCopy(options: ProveOptions): Promise<Proof> {
  const begun = options.now()
  return withSession(options.copy, options.signal, async client => {
    const {manifest, signal, progress} = options
    const ownPath = await beginMeasuring(client)
    const found = await readMeasurements(client, {signal, ownPath, progress, before: manifest})
    const others = {sequences: await readSequences(client), largeObjects: await readLargeObjects(client)}
    const differences = [...compareMeasurements(manifest, found), ...compareOthers(manifest, others)]
    await client.query('COMMIT')
    const checks: Proof['checks'][number][] = []
    for (const check of options.checks) checks.push(await answerCheck(client, check))
    const rows = found.tables.reduce((sum, table) => sum + table.rows, 0)
    const failed = checks.filter(check => !check.ok)
    return {
      ok: differences.length === 0 && failed.length === 0,
      tables: found.tables.length,
      rows,
      checks,
      differences,
      reason: escapeLine(
        proofReason(differences, failed, {
          all: [`${found.tables.length} tables, ${rows} rows`, ...otherWords(manifest), `${checks.length} checks`].join(
            ', ',
          ),
          proved: provedWords(manifest),
        }),
        500,
      ),
      durationMs: options.now() - begun,
    }
  })
}

const otherWords = ({sequences, largeObjects}: PgdumpManifest): readonly string[] => [
  ...(sequences.length === 0 ? [] : [`${sequences.length} sequences`]),
  ...(largeObjects === null || 'unread' in largeObjects || largeObjects.count === 0
    ? []
    : [`${largeObjects.count} large objects`]),
]

/** In a transaction of its own, so that neither an error nor a setting outlives it. */
export async function answerCheck(
  client: Client,
  check: ProveOptions['checks'][number],
): Promise<Proof['checks'][number]> {
  try {
    await client.query('BEGIN READ ONLY; SET LOCAL statement_timeout = 60000')
    const query = {text: check.query, rowMode: 'array', types: AS_TEXT} as const
    const {rows, fields} = await client.query<(string | null)[]>(query)
    const [text, ...others] = textsOf(rows[0]?.[0], fields[0]?.dataTypeID)
    const ok = [text, ...others].includes(check.expect)
    return {name: check.name, ok, reason: escapeLine(ok ? text : `${text} instead of ${check.expect}`, 200)}
  } catch (error) {
    return {name: check.name, ok: false, reason: escapeLine(messageOf(error), 200)}
  } finally {
    await client.query('ROLLBACK')
  }
}

/** Of types, as pg_type numbers them: boolean, and both kinds of timestamp. */
const BOOLEAN = 16
const MOMENTS: ReadonlySet<number> = new Set([1114, 1184])
const AS_TEXT = {getTypeParser: () => (text: string) => text}

/** As psql shows it, which is what a person copies; and a truth value or a moment as programs write it. */
function textsOf(text: string | null | undefined, type = 0): readonly [string, ...string[]] {
  if (text === undefined) return ['no row']
  if (text === null) return ['null']
  if (type === BOOLEAN) return [text, text === 't' ? 'true' : 'false']
  const at = MOMENTS.has(type) ? new Date(text) : undefined
  return at !== undefined && Number.isFinite(at.getTime()) ? [text, at.toISOString()] : [text]
}
