import {createServer, type AddressInfo, type Server} from 'node:net'
import {afterAll, expect, test} from 'vitest'
import {deadline, probeTools} from '../../test/probe-tools.ts'
import {openPostgresProbe} from '../probes/postgres/probe.ts'
import {postgresProbeSchema} from '../probes/postgres/schema.ts'
import {openRedisProbe} from '../probes/redis/probe.ts'
import {redisProbeSchema} from '../probes/redis/schema.ts'
import {LARGEST_ANSWER} from './largest-answer.ts'

const PIECE = Buffer.alloc(1 << 20, 'x')
/** What the system keeps of a connection that nobody reads any more, generously. */
const ON_ITS_WAY = 32 << 20
const servers: Server[] = []
afterAll(() => servers.forEach(server => server.close()))

/** Answers the first word with the beginning of an answer, and goes on for as long as it is read, up to four times as much as is taken. */
async function endless(beginning: Buffer): Promise<{readonly port: number; sent(): number}> {
  let sent = 0
  const server = createServer(socket => {
    const more = (): void => {
      while (!socket.destroyed && sent < 4 * LARGEST_ANSWER) {
        sent += PIECE.length
        if (!socket.write(PIECE)) return
      }
    }
    socket.on('error', () => undefined).on('drain', more)
    socket.once('data', () => {
      socket.write(beginning)
      more()
    })
  })
  servers.push(server)
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  return {port: (server.address() as AddressInfo).port, sent: () => sent}
}

const rowOfTwoGigabytes = Buffer.from([0x44, 0x7f, 0xff, 0xff, 0xff])
test.each([
  [
    'Redis',
    Buffer.from('$9999999999\r\n'),
    (port: number) =>
      openRedisProbe(redisProbeSchema.parse({type: 'redis', url: `redis://127.0.0.1:${port}`}), probeTools),
  ],
  [
    'PostgreSQL',
    rowOfTwoGigabytes,
    (port: number) =>
      openPostgresProbe(
        postgresProbeSchema.parse({
          type: 'postgres',
          url: `postgres://u@127.0.0.1:${port}/d?sslmode=disable&connect_timeout=300`,
        }),
        probeTools,
      ),
  ],
])(
  'a %s that answers without end is let go, and named',
  async (_name, beginning, open) => {
    const server = await endless(beginning)
    const probe = open(server.port)
    const found = await probe.run(deadline(300_000))
    await probe.close?.()
    expect(found).toMatchObject({status: 'down', reason: 'it answers with more than 64 MB at once'})
    expect(server.sent()).toBeLessThan(LARGEST_ANSWER + ON_ITS_WAY)
  },
  320_000,
)
