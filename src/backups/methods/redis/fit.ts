import {reasonOf} from '../../../connections/reason.ts'
import {parseInfo} from '../../../connections/redis-info.ts'
import {addressText, parseRedisUrl} from '../../../connections/redis/url.ts'
import {messageOf} from '../../../errors.ts'
import type {Exec} from '../../../processes/exec.ts'
import {formatBytes} from '../../../units/bytes.ts'
import type {Fit} from '../../fit.ts'
import type {RedisManifest} from '../../manifest.ts'
import type {CopyPlace} from '../method.ts'
import {contentOf, withTarget} from './into-server.ts'
import {versionFaults} from './versions.ts'

interface FitTools {
  readonly place: Pick<CopyPlace, 'scratch'>
  readonly program: string
  readonly exec: Exec
  readonly signal: AbortSignal
  readonly target: (() => Promise<string>) | undefined
}

/** Whether the server that a restore fills is there, empty, new enough and large enough. */
export async function fitOf(of: RedisManifest, {place, program, exec, signal, target}: FitTools): Promise<Fit> {
  const version = /v=(\S+)/.exec((await exec([program, '--version'], {signal})).stdout)?.[1] ?? 'of an unknown version'
  const versions = {backup: of.serverVersion, local: version, program}
  if (place.scratch !== undefined)
    return fit({as: 'its own user', where: `Redis ${version}`, faults: versionFaults(versions)})
  if (target === undefined)
    return fit({
      as: 'nobody',
      where: 'no server',
      faults: ['redis.into of the backup names no empty server that a restore may fill'],
    })
  const url = await target()
  const [host = {host: '127.0.0.1', port: 6379}] = parseRedisUrl(url).hosts
  const where = `Redis at ${addressText(host)}`
  const as = `user ${parseRedisUrl(url).username ?? 'default'}`
  try {
    return await withTarget(url, signal, async redis => {
      const [content, info] = [await contentOf(redis), parseInfo(await redis.info())]
      const there = info.get('redis_version') ?? ''
      const limit = Number(info.get('maxmemory') ?? 0)
      return fit({
        as,
        where: `Redis ${there} at ${addressText(host)}`,
        faults: [
          ...versionFaults({...versions, target: there}),
          ...(content.length === 0
            ? []
            : [`it is not empty (${content.join(', ')}), and nothing is removed for a restore`]),
          ...(limit > 0 && limit < of.databaseBytes
            ? [`its maxmemory is ${formatBytes(limit)}, and the copy had ${formatBytes(of.databaseBytes)}`]
            : []),
        ],
      })
    })
  } catch (error) {
    signal.throwIfAborted()
    return fit({as, where, faults: [error instanceof Error ? reasonOf(error) : messageOf(error)]})
  }
}

const fit = ({as, where, faults}: {as: string; where: string; faults: readonly string[]}): Fit => ({
  as,
  where,
  misfits: faults.map(what => ({what, commands: [], byGlobals: false})),
  notes: [],
})
