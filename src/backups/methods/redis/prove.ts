import {createReadStream} from 'node:fs'
import {escapeLine} from '../../../text/escape.ts'
import {compareMeasurements, type TableDifference} from '../../compare-measurements.ts'
import type {RedisManifest, TableMeasurements} from '../../manifest.ts'
import {proofReason} from '../../proof-reason.ts'
import {provedWords} from '../../proved-words.ts'
import type {ScratchServer} from '../../scratch.ts'
import type {BackupMethod, Proof} from '../method.ts'
import {countRdb, type RdbCounts} from './count-rdb.ts'
import {openScratchRedis, scratchRdb} from './scratch-redis.ts'

type Options = Parameters<BackupMethod['prove']>[2]

/**
 * Lets the scratch server write out what it has loaded, counts that, and compares: every key by database, type, name and time
 * to live. What Redis itself says of each database is compared as well.
 */
export async function proveScratch(of: RedisManifest, server: ScratchServer, options: Options): Promise<Proof> {
  const begun = options.now()
  const redis = await openScratchRedis(server)
  try {
    await redis.save()
    const found = await countFile(scratchRdb(server), options.signal)
    const said = sizesIn(await redis.info('keyspace'))
    return proofOf(of, {found, differences: sizeDifferences(of, said), options, begun})
  } finally {
    redis.disconnect()
  }
}

/** Of a server that is in use: keys whose time has passed since are gone there, and no others. */
export async function proveServer(of: RedisManifest, rdb: AsyncIterable<Uint8Array>, options: Options): Promise<Proof> {
  const begun = options.now()
  const counter = countRdb()
  for await (const piece of rdb) counter.push(piece)
  const found = counter.end()
  const passing = new Map(found.tables.filter(isPassing).map(table => [keyOf(table), table]))
  const expected = of.tables.map(table => {
    const other = passing.get(keyOf(table))
    return isPassing(table) && (other?.rows ?? 0) < table.rows ? other : table
  })
  const known: RedisManifest = {...of, tables: expected.filter(table => table !== undefined)}
  return proofOf(known, {found, differences: [], options, begun})
}

const keyOf = ({schema, name}: TableMeasurements): string => `${schema} ${name}`
const isPassing = ({name}: TableMeasurements): boolean => name.endsWith(', with a time to live')

function proofOf(
  of: RedisManifest,
  seen: {
    readonly found: RdbCounts
    readonly differences: readonly TableDifference[]
    readonly options: Options
    readonly begun: number
  },
): Proof {
  const {found, options} = seen
  const differences = [
    ...compareMeasurements(of, {tables: found.tables, unproved: []}),
    ...seen.differences,
    ...(found.functions === of.functions
      ? []
      : [{table: 'functions', reason: `${found.functions} libraries instead of ${of.functions}`}]),
  ]
  const rows = found.tables.reduce((sum, table) => sum + table.rows, 0)
  const all = `${rows} keys in ${new Set(found.tables.map(({schema}) => schema)).size} databases, ${found.functions} libraries of functions`
  return {
    ok: differences.length === 0,
    tables: found.tables.length,
    rows,
    checks: [],
    differences,
    reason: escapeLine(proofReason(differences, [], {all, proved: provedWords(of)}), 500),
    durationMs: options.now() - seen.begun,
  }
}

async function countFile(file: string, signal: AbortSignal): Promise<RdbCounts> {
  const counter = countRdb()
  for await (const piece of createReadStream(file, {signal, highWaterMark: 1024 * 1024})) counter.push(piece as Buffer)
  return counter.end()
}

const sizesIn = (info: string): ReadonlyMap<string, number> =>
  new Map([...info.matchAll(/^(db\d+):keys=(\d+)/gm)].map(([, name = '', keys]) => [name, Number(keys)]))

function sizeDifferences({tables}: RedisManifest, said: ReadonlyMap<string, number>): readonly TableDifference[] {
  return [...new Set([...tables.map(({schema}) => schema), ...said.keys()])].flatMap(schema => {
    const expected = tables.filter(table => table.schema === schema).reduce((sum, {rows}) => sum + rows, 0)
    const keys = said.get(schema) ?? 0
    return keys === expected ? [] : [{table: schema, reason: `Redis counts ${keys} keys instead of ${expected}`}]
  })
}
