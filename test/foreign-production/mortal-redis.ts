import {execFile} from 'node:child_process'
import {promisify} from 'node:util'
import {type RedisServer, startRedis} from '../servers/redis.ts'

const PASSWORD = 'test-only'
const ARGS = ['--requirepass', PASSWORD]

/** A Redis with a password that dies and comes back on the same port, empty but for what the application writes. */
export interface MortalRedis {
  readonly url: string
  kill(): void
  again(): Promise<void>
  stop(): Promise<void>
}

export async function startMortalRedis(): Promise<MortalRedis> {
  const servers = [await startRedis(ARGS)]
  const current = (): RedisServer => servers.at(-1) as RedisServer
  const {port} = current()
  await fill(port)
  return {
    url: `redis://:${PASSWORD}@127.0.0.1:${port}/0`,
    kill: () => void process.kill(current().pid, 'SIGKILL'),
    again: async () => {
      servers.push(await startRedis(ARGS, {port}))
      await fill(port)
    },
    stop: async () => {
      for (const server of servers) await server.stop()
    },
  }
}

/** Sessions, baskets, users and pages, as the application would have left them. */
async function fill(port: number): Promise<void> {
  const names = ['sess', 'cart', 'user', 'page']
  const lines = names.flatMap((name, at) =>
    Array.from({length: 200}, (_, index) => `set ${name}:${index} ${'x'.repeat(80)} ex ${3600 * (at + 1)}`),
  )
  const child = promisify(execFile)('redis-cli', ['-p', String(port)], {
    env: {PATH: '/usr/local/bin:/usr/bin:/bin', REDISCLI_AUTH: PASSWORD},
  })
  child.child.stdin?.end(`${lines.join('\n')}\n`)
  await child
}
