import {escapeLine} from '../text/escape.ts'
import type {OpsContext} from './context.ts'
import {type DrillRecord, drillSchema} from './records.ts'
import {leftoverScratch, planScratch, removeScratch, type ScratchServer, startScratch} from './scratch.ts'

/** A place to try a backup, and what came of it. */
export interface DrillOps {
  /** Decides where a scratch server would be. Changes nothing, so it can be saved before anything is made. */
  planScratch(id: string): Promise<ScratchServer>
  /** Makes and starts it. Raises `drill/failed`, `process/missing`. */
  startScratch(id: string, server: ScratchServer): Promise<void>
  /** Stops and removes it. Nothing to do when it is gone. */
  removeScratch(server: ScratchServer): Promise<void>
  /** Removes scratch servers on this host whose drill was killed before it could: their runs. */
  removeLeftovers(): Promise<readonly string[]>
  /** Keeps a drill's figures beside the backups. */
  recordDrill(record: DrillRecord): Promise<void>
  /** Newest first, at most `limit` (100). */
  drills(limit?: number): Promise<readonly DrillRecord[]>
}

const NAME = /^drill-\d{8}-\d{6}-[a-z0-9-]+\.json$/

export function createDrillOps({source, catalog, tools}: OpsContext): DrillOps {
  const optionsFor = async (id: string): Promise<Parameters<typeof planScratch>[0]> => {
    const {manifest} = await catalog.manifest(id)
    const {binaries, user} = source.backup.drill
    const major = Number.parseInt(manifest.serverVersion, 10)
    return {
      exec: tools.exec,
      signal: tools.signal,
      major: Number.isNaN(major) ? 15 : major,
      binaries,
      user,
      run: tools.run,
    }
  }
  return {
    planScratch: async id => planScratch(await optionsFor(id)),
    async startScratch(id, server) {
      const options = await optionsFor(id)
      await tools.act(
        `initdb and pg_ctl start in ${server.directory}`,
        signal => startScratch(server, {...options, signal}),
        undefined,
      )
    },
    async removeScratch(server) {
      await tools.act(`pg_ctl stop and rm -r ${server.directory}`, () => removeScratch(server, tools), undefined)
    },
    async removeLeftovers() {
      const leftovers = await leftoverScratch()
      for (const {run, server} of leftovers) {
        tools.log(`removing what drill ${escapeLine(run, 60)} left in ${server.directory}`)
        await tools.act(`pg_ctl stop and rm -r ${server.directory}`, () => removeScratch(server, tools), undefined)
      }
      return leftovers.map(leftover => escapeLine(leftover.run, 60))
    },
    async recordDrill(record) {
      const parsed = drillSchema.parse({...record, reason: escapeLine(record.reason, 500)})
      const name = drillName(parsed)
      await tools.act(
        `record drill ${parsed.run} in ${source.directory}`,
        () => catalog.store.writeText(name, `${JSON.stringify(parsed, null, 1)}\n`),
        undefined,
      )
    },
    drills: (limit = 100) => readDrills(catalog.store, limit),
  }
}

/** Newest first. A record that is not whole is left out: it proves nothing. */
export async function readDrills(
  store: OpsContext['catalog']['store'],
  limit: number,
): Promise<readonly DrillRecord[]> {
  const names = (await store.names())
    .filter(name => NAME.test(name))
    .sort()
    .reverse()
  const records: DrillRecord[] = []
  for (const name of names.slice(0, limit)) {
    const parsed = drillSchema.safeParse(parseJson(await store.readText(name)))
    if (parsed.success) records.push(parsed.data)
  }
  return records
}

function parseJson(text: string | undefined): unknown {
  try {
    return text === undefined ? undefined : JSON.parse(text)
  } catch {
    return undefined
  }
}

function drillName(record: DrillRecord): string {
  const digits = new Date(record.startedAt).toISOString().replace(/\D/g, '')
  const run =
    record.run
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, '-')
      .slice(0, 60) || 'unnamed'
  return `drill-${digits.slice(0, 8)}-${digits.slice(8, 14)}-${run}.json`
}
