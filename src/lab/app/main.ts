import {behaviourOfVersion} from './behaviour.ts'
import {openCache} from './cache.ts'
import {openCatalogue} from './catalogue.ts'
import {createHealth} from './health.ts'
import {createLog} from './log.ts'
import {createRoutes} from './routes.ts'
import {createApp} from './server.ts'

const DRAIN_MS = 15_000
const HEARTBEAT_MS = 1000

/** One instance of the shop. Everything comes by environment variable, as from a service manager. */
async function main(env: NodeJS.ProcessEnv): Promise<void> {
  const instance = env['SHOP_INSTANCE'] ?? 'shop'
  const version = env['SHOP_VERSION'] ?? '0.0.0'
  const log = createLog(instance, version)
  if (behaviourOfVersion(version).crash) throw new Error('cannot load module "payments": it is not in this build')
  const catalogue = openCatalogue(env['DATABASE_URL'] ?? '', log)
  const cache = openCache(env['REDIS_URL'] ?? '', log)
  const health = createHealth({version, instance}, {database: () => catalogue.ping(), redis: () => cache.ping()})
  const app = createApp({instance, version, health, routes: createRoutes(catalogue, cache), log})
  const beat = setInterval(() => void catalogue.heartbeat(instance).catch(() => {}), HEARTBEAT_MS)

  const stop = async (signal: string): Promise<void> => {
    log('info', `${signal}: draining`)
    const clean = await app.drain(DRAIN_MS)
    clearInterval(beat)
    cache.close()
    await Promise.race([catalogue.close(), new Promise(resolve => setTimeout(resolve, 1000))])
    log('info', clean ? 'stopped' : 'stopped with requests in flight')
    process.exit(clean ? 0 : 1)
  }
  process.once('SIGTERM', () => void stop('SIGTERM'))
  process.once('SIGINT', () => void stop('SIGINT'))
  await new Promise<void>((resolve, reject) => {
    app.server.once('error', reject)
    app.server.listen(Number(env['PORT']), '127.0.0.1', resolve)
  })
  log('info', `listening on port ${env['PORT']}`)
}

main(process.env).catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exit(1)
})
