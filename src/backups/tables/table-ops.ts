import type {Conninfo} from '../../connections/postgres/conninfo.ts'
import {withSession} from '../../connections/postgres/session.ts'
import {quotePosix} from '../../text/quote-posix.ts'
import type {OpsContext} from '../context.ts'
import {openArchive} from './archive.ts'
import {bringTables, dropOwn} from './bring.ts'
import {requireTables} from './contents.ts'
import {PLAIN_PATH} from './copy-catalogue.ts'
import {type LiveTable, readLive} from './live.ts'
import {storedName} from '../manifest.ts'
import {beside, kept, keptSchema, restoredSchema, schemasOf} from './names.ts'
import {stageTables} from './stage.ts'
import type {Staged} from './staged.ts'
import {describeSwapTables, readSwapState, type SwapState, swapTables, swapTablesBack} from './swap-tables.ts'
import {parseTables, showSchema, showTable, type TableName} from './table-name.ts'

/** Of each table, as SQL names them: what stands beside it, and where the rows are kept that it had. */
export interface TablePlaces {
  readonly beside: readonly string[]
  readonly kept: readonly string[]
  /** Statements for a person. */
  readonly dropBeside: string
  readonly dropKept: string
}

type Tables = readonly Pick<LiveTable, 'schema' | 'name' | 'live'>[]

/** Single tables of a backup, beside the live ones or in their place. */
export interface TableOps {
  /**
   * Reads the list of the backup and the catalogue of the live database: no lock, no change. Raises `usage/arguments` for what
   * is no table of the backup, `backup/unfit` with everything that stands in the way.
   */
  planTables(id: string, table: string, options: {readonly swap: boolean}): Promise<readonly LiveTable[]>
  tablePlaces(tables: Tables, run: string): TablePlaces
  /** Fills a new database with the definitions of all and the rows of these, and compares them. Raises `backup/mismatch`. */
  stageTables(id: string, tables: readonly TableName[], copy: Copy): Promise<Staged>
  /** Brings them into schemas of their own beside the live ones, and compares them there. */
  bringTables(staged: Staged, copy: Copy): Promise<void>
  /** Removes what `bringTables` made; nothing else, and nothing that another run made. */
  dropBrought(tables: readonly TableName[], run: string): Promise<void>
  /** Puts them in the live ones' place, in one transaction. What could not come back with them, in words. */
  swapTables(tables: Tables, staged: Staged, run: string): Promise<readonly string[]>
  swapTablesBack(tables: Tables, staged: Staged, run: string): Promise<void>
  tablesState(tables: Tables, run: string): Promise<SwapState>
}

const DRY: Staged = {
  publications: [],
  tables: [],
  members: [],
  measured: [],
  foreignKeys: [],
  statistics: [],
  views: [],
  proof: 'dry run',
}

const dropping = (schemas: readonly string[]): string =>
  schemas.map(schema => `DROP SCHEMA ${showSchema(schema)} CASCADE;`).join(' ')

export function createTableOps(context: OpsContext): TableOps {
  const {tools, access} = context
  return {
    async planTables(id, table, options) {
      const tables = parseTables(table)
      const archive = await openArchive(context, id)
      requireTables(await archive.list(tools.signal), tables, archive.manifest)
      return withSession(await access.live(), tools.signal, async client => {
        await client.query(PLAIN_PATH)
        return readLive(client, tables, options)
      })
    },
    tablePlaces: (tables, run) => ({
      beside: tables.map(table => showTable(beside(table, run))),
      kept: tables.map(table => showTable(kept(table, run))),
      dropBeside: dropping(brought(run, tables)),
      dropKept: dropping(
        schemasOf(
          tables.filter(({live}) => live === 'there'),
          schema => keptSchema(schema, run),
        ),
      ),
    }),
    stageTables: (id, tables, copy) => stage(context, id, tables, copy),
    bringTables: (staged, copy) => bring(context, staged, copy),
    async dropBrought(tables, run) {
      const schemas = brought(run, tables)
      await tools.act(
        dropping(schemas),
        async signal => withSession(await access.live(), signal, client => dropOwn(client, schemas, run)),
        undefined,
      )
    },
    async swapTables(tables, staged, run) {
      const swap = {tables, run}
      return tools.act(
        describeSwapTables(swap),
        async signal => swapTables(await access.live(), swap, staged, signal),
        [],
      )
    },
    async swapTablesBack(tables, staged, run) {
      const swap = {tables, run}
      await tools.act(
        `put back: ${tables.map(showTable).join(', ')} as before run ${run}, from ${schemasOf(tables, schema => keptSchema(schema, run)).join(', ')}`,
        async signal => swapTablesBack(await access.live(), swap, staged, signal),
        undefined,
      )
    },
    async tablesState(tables, run) {
      return withSession(await access.live(), tools.signal, client => readSwapState(client, {tables, run}))
    },
  }
}

const brought = (run: string, tables: readonly TableName[]): readonly string[] =>
  schemasOf(tables, schema => restoredSchema(schema, run))

interface Copy {
  readonly database: string
  readonly run: string
}

const copyOf = async ({access}: OpsContext, {database}: Copy): Promise<Conninfo> => ({
  ...(await access.admin()),
  database,
})

async function stage(context: OpsContext, id: string, tables: readonly TableName[], into: Copy): Promise<Staged> {
  const {tools, method, source} = context
  const {database, run} = into
  const {drop, make} = method.commands({database})
  const file = quotePosix(`${source.address}/${storedName(id, 'pgdump')}`)
  const rows = `all definitions, then the rows of ${tables.map(showTable).join(', ')}`
  return tools.act(
    `${drop}; ${make}; age -d ${file} | zstd -d | pg_restore ${quotePosix(`--dbname=${database}`)} --use-list=LIST # ${rows}`,
    async signal => {
      const archive = await openArchive(context, id)
      await method.drop({database}, signal)
      await method.prepare(archive.manifest, {database}, signal)
      const copy = await copyOf(context, into)
      return stageTables({archive, tables, copy, run, signal, log: tools.log})
    },
    DRY,
  )
}

async function bring(context: OpsContext, staged: Staged, from: Copy): Promise<void> {
  const {tools, access, source} = context
  const schemas = brought(from.run, staged.members).map(schema => `--schema=${quotePosix(schema)}`)
  await tools.act(
    `pg_dump ${schemas.join(' ')} ${quotePosix(from.database)} | pg_restore ${quotePosix(`--dbname=${source.what}`)}`,
    async signal =>
      bringTables({
        staged,
        run: from.run,
        copy: await copyOf(context, from),
        live: await access.live(),
        binaries: source.backup.drill.binaries,
        signal,
        log: tools.log,
      }),
    undefined,
  )
}
