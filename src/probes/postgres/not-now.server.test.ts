import {once} from 'node:events'
import {type AddressInfo, createServer, type Socket} from 'node:net'
import {expect, onTestFinished, test} from 'vitest'
import {deadline, probeTools} from '../../../test/probe-tools.ts'
import {databaseSchema} from '../../databases/config.ts'
import {databaseTargets} from '../../databases/target.ts'
import {openPostgresProbe} from './probe.ts'

// What PostgreSQL says while it starts, stops or recovers, in its own messages (src/backend/tcop/backend_startup.c, 12 to 17).

/** Reads the startup message, refuses TLS, and ends the session with an ErrorResponse. */
async function startRefuser(code: string, message: string, detail?: string): Promise<string> {
  const sockets = new Set<Socket>()
  const server = createServer(socket => {
    sockets.add(socket)
    socket.on('error', () => {})
    socket.on('data', piece => {
      // SSLRequest; anything else is who wants to come in.
      if (piece.length === 8) return socket.write('N')
      const fields = [`SFATAL`, `VFATAL`, `C${code}`, `M${message}`, ...(detail === undefined ? [] : [`D${detail}`])]
      const body = Buffer.from(`${fields.join('\0')}\0\0`)
      const head = Buffer.alloc(5)
      head.write('E')
      head.writeInt32BE(body.length + 4, 1)
      return socket.end(Buffer.concat([head, body]))
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  return `postgres://app:hidden@127.0.0.1:${(server.address() as AddressInfo).port}/shop`
}

test.each<[string, string, string?]>([
  ['57P03', 'the database system is starting up'],
  ['57P03', 'the database system is shutting down'],
  ['57P03', 'the database system is in recovery mode'],
  [
    '57P03',
    'the database system is not yet accepting connections',
    'Consistent recovery state has not been yet reached.',
  ],
  ['57P03', 'the database system is not accepting connections', 'Hot standby mode is disabled.'],
  ['57P03', 'the database system is in single-user mode'],
  ['53300', 'sorry, too many clients already'],
  ['53300', 'remaining connection slots are reserved for roles with the SUPERUSER attribute'],
  ['57P01', 'terminating connection due to administrator command'],
  ['3D000', 'database "shop" does not exist'],
  ['28000', 'no pg_hba.conf entry for host "10.0.0.1", user "app", database "shop", no encryption'],
  ['08P01', 'no such database: shop'],
])('%s, %s %s: it is down, with what it said and without the password', async (code, message, detail) => {
  const url = await startRefuser(code, message, detail)
  const probe = openPostgresProbe({type: 'postgres', url, query: 'select 1'}, probeTools)
  const database = {...databaseSchema.parse({name: 'shop', url}), environment: 'production'}
  const [target] = databaseTargets({databases: [database]}, probeTools)
  const found = [await probe.run(deadline(20_000)), await target!.probe(deadline(20_000))]
  await Promise.all([probe.close?.(), target!.close?.()])
  const said = detail === undefined ? message : `${message}: ${detail}`
  expect(found.map(({status, reason}) => `${status}: ${reason}`)).toEqual([`down: ${said}`, `down: ${said}`])
  expect(JSON.stringify(found)).not.toContain('hidden')
})
