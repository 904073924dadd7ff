import {execFile} from 'node:child_process'
import {promisify} from 'node:util'
import {freePorts} from '../../src/lab/ports.ts'
import {findProgram} from '../../src/lab/programs.ts'
import {waitFor} from '../../src/lab/wait.ts'
import {type RedisServer, startRedis} from './redis.ts'

export interface RedisCluster {
  readonly nodes: readonly RedisServer[]
  /** Of the first node. */
  readonly url: string
  /** `redis-cli -c` against the first node. */
  cli(...args: readonly string[]): Promise<string>
  stop(): Promise<void>
}

/** A real cluster of three masters, with `replicas` for each. */
export async function startRedisCluster(replicas = 0, args: readonly string[] = []): Promise<RedisCluster> {
  const nodes: RedisServer[] = []
  const stop = async (): Promise<void> => void (await Promise.all(nodes.map(node => node.stop())))
  try {
    const buses = await freePorts(3 * (1 + replicas))
    for (let index = 0; index < 3 * (1 + replicas); index += 1)
      nodes.push(
        await startRedis([
          '--cluster-enabled',
          'yes',
          '--cluster-node-timeout',
          '2000',
          '--cluster-port',
          String(buses[index]),
          ...args,
        ]),
      )
    const redisCli = await findProgram('redis-cli')
    const run = promisify(execFile)
    const [first] = nodes
    if (first === undefined) throw new Error('no node')
    const cli = async (...words: readonly string[]): Promise<string> =>
      (await run(redisCli, ['-c', '-p', String(first.port), ...words])).stdout.trim()
    const places = nodes.map(({port}) => `127.0.0.1:${port}`)
    await run(redisCli, ['--cluster', 'create', ...places, '--cluster-replicas', String(replicas), '--cluster-yes'])
    const isReady = async (): Promise<boolean> => {
      const told = await Promise.all(
        nodes.map(async ({port}) => (await run(redisCli, ['-p', String(port), 'cluster', 'info'])).stdout),
      )
      return told.every(text => text.includes('cluster_state:ok'))
    }
    if (!(await waitFor(isReady, {timeoutMs: 30_000}))) throw new Error('the cluster did not form')
    return {nodes, url: first.url, cli, stop}
  } catch (error) {
    await stop()
    throw error
  }
}
