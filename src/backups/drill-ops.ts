import {escapeLine} from '../text/escape.ts'
import type {OpsContext} from './context.ts'
import {type DrillRecord, drillSchema} from './records.ts'
import {orphanedScratch, planScratch, removeScratch, type ScratchServer, startScratch} from './scratch.ts'
import {type BackupStorage, storeText} from './storage/storage.ts'

/** A place to try a backup, and what came of it. */
export interface DrillOps {
  /** Decides where a scratch server would be. Changes nothing, so it can be saved before anything is made. */
  planScratch(id: string): Promise<ScratchServer>
  /** Makes and starts it. Raises `drill/failed`, `process/missing`. */
  startScratch(id: string, server: ScratchServer): Promise<void>
  /** Stops and removes it. Nothing to do when it is gone. */
  removeScratch(server: ScratchServer): Promise<void>
  /** Removes scratch servers on this host whose drill was killed before it could: their runs. */
  removeOrphans(): Promise<readonly string[]>
  /** Keeps a drill's measurements beside the backups. */
  recordDrill(record: DrillRecord): Promise<void>
  /** Newest first, at most `limit` (100). */
  drills(limit?: number): Promise<readonly DrillRecord[]>
}

const NAME = /^drill-\d{8}-\d{6}-[a-z0-9-]+\.json$/

export function createDrillOps({source, catalog, tools, method}: OpsContext): DrillOps {
  const optionsFor = async (id: string): Promise<Parameters<typeof planScratch>[0]> => {
    const {manifest} = await catalog.manifest(id, tools.signal)
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
    planScratch: async id => (method.scratch === undefined ? planScratch(await optionsFor(id)) : method.scratch.plan()),
    async startScratch(id, server) {
      const {scratch} = method
      const options = scratch === undefined ? await optionsFor(id) : undefined
      await tools.act(
        scratch === undefined ? `initdb and pg_ctl start in ${server.directory}` : `make ${server.directory}`,
        async signal => {
          await scratch?.start(server, {run: tools.run, signal})
          if (options !== undefined) await startScratch(server, {...options, signal})
        },
        undefined,
      )
    },
    async removeScratch(server) {
      await tools.act(`pg_ctl stop and rm -r ${server.directory}`, () => removeScratch(server, tools), undefined)
    },
    async removeOrphans() {
      const orphans = await orphanedScratch()
      for (const {run, server} of orphans) {
        tools.log(`removing what drill ${escapeLine(run, 60)} left in ${server.directory}`)
        await tools.act(`pg_ctl stop and rm -r ${server.directory}`, () => removeScratch(server, tools), undefined)
      }
      return orphans.map(orphan => escapeLine(orphan.run, 60))
    },
    async recordDrill(record) {
      const parsed = drillSchema.parse({...record, reason: escapeLine(record.reason, 500)})
      const name = drillName(parsed)
      await tools.act(
        `record drill ${parsed.run} in ${source.address}`,
        signal => storeText(catalog.storage, name, `${JSON.stringify(parsed, null, 1)}\n`, signal),
        undefined,
      )
    },
    drills: (limit = 100) => readDrills(catalog.storage, limit, tools.signal),
  }
}

/** Newest first. A record that is not whole is left out: it proves nothing. */
export async function readDrills(
  storage: BackupStorage,
  limit: number,
  signal?: AbortSignal,
): Promise<readonly DrillRecord[]> {
  const names = (await storage.list(signal))
    .filter(({name, whole}) => whole && NAME.test(name))
    .map(({name}) => name)
    .sort()
    .reverse()
    .slice(0, limit)
  const texts = await storage.readTexts(names, signal)
  return names.flatMap(name => {
    const parsed = drillSchema.safeParse(parseJson(texts.get(name)))
    return parsed.success ? [parsed.data] : []
  })
}

function parseJson(text: string | Error | undefined): unknown {
  try {
    return typeof text === 'string' ? JSON.parse(text) : undefined
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
