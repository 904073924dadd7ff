import {execFileSync} from 'node:child_process'
import tls from 'node:tls'
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {generateX25519Identity, identityToRecipient} from 'age-encryption'
import {Redis} from 'ioredis'
import {afterAll, beforeAll, beforeEach, describe, expect, test} from 'vitest'
import backupRunbook from '../../../../runbooks/backup.ts'
import drill from '../../../../runbooks/dr-drill.ts'
import restore from '../../../../runbooks/restore.ts'
import {benchTools} from '../../../../test/servers/bench-tools.ts'
import {walkRunbook} from '../../../../test/servers/walk-runbook.ts'
import type {Ops} from '../../../runbooks/ops.ts'
import {makeAuthority} from '../../../../test/servers/certificates.ts'
import {type RedisServer, startRedis} from '../../../../test/servers/redis.ts'
import {freePorts} from '../../../lab/ports.ts'
import {backupSchema} from '../../config.ts'
import {type BackupOps, loadBackupOps} from '../../ops.ts'
import {scratchRedisPid} from './stop-redis.ts'

const create = await loadBackupOps()
const acts: string[] = []
const PASSWORD = 'se:cret/word%'
let live: RedisServer
let empty: RedisServer
let root: string
let identity: string
let recipient: string
let client: Redis
let target: Redis

beforeAll(async () => {
  root = mkdtempSync(path.join(tmpdir(), 'opsconsole-redis-'))
  identity = await generateX25519Identity()
  recipient = await identityToRecipient(identity)
  const fast = ['--repl-diskless-sync-delay', '0', '--hash-max-listpack-entries', '4']
  live = await startRedis(['--requirepass', PASSWORD, ...fast])
  empty = await startRedis(fast)
  client = new Redis({port: live.port, password: PASSWORD})
  target = new Redis({port: empty.port})
}, 60_000)
afterAll(async () => {
  client.disconnect()
  target.disconnect()
  await live.stop()
  await empty.stop()
  rmSync(root, {recursive: true, force: true})
})
beforeEach(async () => {
  await client.flushall()
  await target.flushall()
  await target.call('FUNCTION', 'FLUSH')
  await fill()
  rmSync(path.join(root, 'backups'), {recursive: true, force: true})
  mkdirSync(path.join(root, 'backups'))
})

const urlOf = (port: number, password = PASSWORD): string =>
  `redis://:${encodeURIComponent(password)}@127.0.0.1:${port}`

function opsOf(changes: Record<string, unknown> = {}): BackupOps {
  const backup = backupSchema.parse({
    name: 'sessions',
    method: 'redis',
    redis: {url: urlOf(live.port), into: empty.url},
    storage: {type: 'dir', path: path.join(root, 'backups')},
    encryption: {recipients: [recipient], identity},
    ...changes,
  })
  return create({backups: [{...backup, environment: 'production'}], databases: []}, benchTools(acts), 'sessions')
}

/** Every type that a plain Redis has, in several encodings, with and without a time to live, in three databases. */
async function fill(): Promise<void> {
  const soon = Date.now() + 3_600_000
  for (const database of [0, 1, 9]) {
    await client.select(database)
    const work = client.pipeline()
    for (let at = 0; at < 300; at += 1) {
      work.set(`text:${at}`, 'word '.repeat(at))
      work.set(String(at), String(at * 7_000_000))
      work.set(`passing:${at}`, 'x', 'PXAT', soon + at)
      work.hset(
        `hash:${at}`,
        Object.fromEntries(Array.from({length: at % 9}, (_, one) => [`f${one}`, `v${at}`]).concat([['a', 'b']])),
      )
      work.rpush(`list:${at}`, ...Array.from({length: 1 + (at % 200)}, (_, one) => `${one} `.repeat(20)))
      work.sadd(`numbers:${at}`, at, at * 100_000)
      work.sadd(`set:${at}`, 'a', `b${at}`, 'c'.repeat(100))
      work.zadd(`zset:${at}`, 1.5, 'one', at, 'two', '-inf', 'low')
    }
    work.set('a key of such a length, again and again and again and again, that it is stored compressed', '1')
    work.xadd('stream', '*', 'a', '1', 'b', '2')
    work.xadd('stream', '*', 'a', '3')
    work.xgroup('CREATE', 'stream', 'workers', '0')
    work.call('XREADGROUP', 'GROUP', 'workers', 'one', 'COUNT', '1', 'STREAMS', 'stream', '>')
    for (const [fault] of (await work.exec()) ?? []) if (fault) throw fault
  }
  await client.select(0)
  await client.call(
    'FUNCTION',
    'LOAD',
    'REPLACE',
    "#!lua name=own\nredis.register_function('one', function() return 1 end)",
  )
}

describe('a backup of a Redis', () => {
  test('is read to its end, drilled on a server of its own with every key equal, and nothing of it stays', async () => {
    const before = new Set(readdirSync(tmpdir()))
    const ops = opsOf()
    await ops.requireReady('backup')
    const entry = await ops.create()
    expect(acts.at(-1)).toMatch(
      /^redis-cli -h 127\.0\.0\.1 -p \d+ --rdb - \| zstd -3 \| age -r age1.*\/ID\.rdb\.zst\.age$/,
    )
    expect(await ops.requireSound(entry.id)).toMatchObject({ok: true, level: 'full'})
    await ops.requireReady('drill', entry.id)
    const server = await ops.planScratch(entry.id)
    await ops.startScratch(entry.id, server)
    expect(statSync(server.directory).mode & 0o777).toBe(0o700)
    const place = {database: 'sessions', scratch: server}
    await ops.restore(entry.id, place)
    await ops.firstWrite(place)
    const proof = await ops.prove(entry.id, place)
    expect(proof.reason).toBe(`${3 * 2402} keys in 3 databases, 1 libraries of functions: equal to the backup`)
    expect(await ops.drillWorld(entry.id, server)).toMatchObject({differs: []})
    const pid = await scratchRedisPid(server.directory)
    expect(pid).toBeGreaterThan(1)
    await ops.removeScratch(server)
    expect(await scratchRedisPid(server.directory)).toBeUndefined()
    expect(readdirSync(tmpdir()).filter(name => name.startsWith('opsconsole-drill-') && !before.has(name))).toEqual([])
    expect((await ops.list())[0]).toMatchObject({state: 'good', restoreTestedAt: expect.any(Number) as number})
  }, 120_000)

  test('comes through TLS with a user and a password, from a server whose certificate is trusted', async () => {
    const place = mkdtempSync(path.join(tmpdir(), 'opsconsole-redis-tls-'))
    chmodSync(place, 0o755)
    const [port = 0] = await freePorts(1)
    try {
      const authority = makeAuthority(place, 'own')
      authority.issue('redis', {subject: 'localhost', names: 'DNS:localhost,IP:127.0.0.1'})
      const [certificate, key] = [path.join(place, 'redis.crt'), path.join(place, 'redis.key')]
      chmodSync(key, 0o644)
      const secured = await startRedis(
        ['--port', '0', '--tls-port', String(port), '--tls-auth-clients', 'no', '--repl-diskless-sync-delay', '0']
          .concat(['--tls-cert-file', certificate, '--tls-key-file', key, '--tls-ca-cert-file', authority.file])
          .concat([
            '--user',
            'copier',
            'on',
            '>word',
            '~*',
            '+psync',
            '+replconf',
            '+ping',
            '+info',
            '+hello',
            '+client',
          ]),
        {port},
      )
      try {
        const ops = opsOf({redis: {url: `rediss://copier:word@127.0.0.1:${port}`}})
        await expect(ops.create()).rejects.toThrow(/certificate/)
        tls.setDefaultCACertificates([...tls.getCACertificates('default'), readFileSync(authority.file, 'utf8')])
        const {id} = await ops.create()
        expect(await ops.verify(id)).toMatchObject({ok: true, level: 'full'})
      } finally {
        await secured.stop()
      }
    } finally {
      rmSync(place, {recursive: true, force: true})
    }
  }, 120_000)

  test('has the keys whose time passed since it was taken', async () => {
    await client.set('brief', 'x', 'PX', 400)
    const ops = opsOf()
    const {id} = await ops.create()
    await expect.poll(() => client.exists('brief'), {timeout: 60_000}).toBe(0)
    const server = await ops.planScratch(id)
    await ops.startScratch(id, server)
    await ops.restore(id, {database: 'sessions', scratch: server})
    expect(await ops.prove(id, {database: 'sessions', scratch: server})).toMatchObject({ok: true, rows: 3 * 2402 + 1})
    await ops.removeScratch(server)
  }, 120_000)

  test('fills an empty server with values, types and times to live as they were, and proves it', async () => {
    const ops = opsOf()
    const {id} = await ops.create()
    const fit = await ops.requireFit(id, {globals: false})
    expect(fit.where).toContain(`127.0.0.1:${empty.port}`)
    const place = {database: fit.where}
    await ops.dropCopy(place)
    await ops.restore(id, place)
    const proof = await ops.requireEqual(id, place)
    expect(proof).toMatchObject({ok: true, rows: 3 * 2402})
    await ops.firstWrite(place)
    for (const key of ['text:7', '7']) expect(await target.get(key)).toBe(await client.get(key))
    expect(await target.hgetall('hash:8')).toEqual(await client.hgetall('hash:8'))
    expect(await target.lrange('list:150', 0, -1)).toEqual(await client.lrange('list:150', 0, -1))
    expect(await target.zrange('zset:9', '0', '-1', 'WITHSCORES')).toEqual(
      await client.zrange('zset:9', '0', '-1', 'WITHSCORES'),
    )
    expect(await target.xinfo('GROUPS', 'stream')).toEqual(await client.xinfo('GROUPS', 'stream'))
    expect(await target.call('PEXPIRETIME', 'passing:3')).toBe(await client.call('PEXPIRETIME', 'passing:3'))
    expect(await target.call('FCALL', 'one', '0')).toBe(1)
    expect(await target.keys('opsconsole*')).toEqual([])
    // From now on it is somebody's: nothing empties it, and no second restore goes there.
    await expect(ops.dropCopy(place)).rejects.toThrow('is not empty')
    await expect(ops.requireFit(id, {globals: false})).rejects.toThrow('it is not empty')
    await expect(ops.restore(id, place)).rejects.toThrow('is not empty')
    expect(await target.dbsize()).toBe(2402)
    await target.del('text:7')
    expect(await ops.prove(id, place)).toMatchObject({
      ok: false,
      differences: [{table: 'db0.string', reason: '600 rows instead of 601'}],
    })
  }, 120_000)

  test('goes through the runbooks: taken, drilled, restored when its server is lost', async () => {
    const lost = await startRedis(['--repl-diskless-sync-delay', '0'])
    const filler = new Redis({port: lost.port})
    await filler.mset('one', '1', 'two', '2')
    filler.disconnect()
    const own = opsOf({redis: {url: lost.url, into: empty.url}})
    const ops = {environment: {name: 'production', protected: false}, backup: () => own} as unknown as Ops
    try {
      expect(await walkRunbook(backupRunbook, {params: {}, ops})).toMatchObject({outcome: 'done', reason: ''})
      expect(await walkRunbook(drill, {params: {}, ops})).toMatchObject({outcome: 'done', saved: {drill: {ok: true}}})
    } finally {
      await lost.stop()
    }
    const walked = await walkRunbook(restore, {params: {}, ops})
    expect(walked).toMatchObject({outcome: 'done', reason: '', steps: {restore: 'done', prove: 'done', answer: 'done'}})
    expect(walked.afterwards[0]).toContain(`127.0.0.1:${empty.port} holds the copy of`)
    expect(await target.mget('one', 'two')).toEqual(['1', '2'])
  }, 120_000)

  test('that a restore did not finish is taken away by the next one, which fills the server anew', async () => {
    const ops = opsOf()
    const {id} = await ops.create()
    await target.set('opsconsole:restore', id)
    await target.set('half', 'restored')
    await target.call('FUNCTION', 'LOAD', "#!lua name=own\nredis.register_function('one', function() return 1 end)")
    await ops.dropCopy({database: 'it'})
    expect(await target.dbsize()).toBe(0)
    expect(await target.call('FUNCTION', 'LIST')).toEqual([])
    await target.call('FUNCTION', 'LOAD', "#!lua name=own\nredis.register_function('one', function() return 1 end)")
    await expect(ops.dropCopy({database: 'it'})).rejects.toThrow('not empty (1 libraries of functions)')
  })

  test('comes back on a bare machine with age, zstd and redis-server', async () => {
    const {id} = await opsOf().create()
    writeFileSync(path.join(root, 'age-identity'), identity, {mode: 0o600})
    const documented = /```sh\n# A Redis\n([^`]*)```/.exec(readFileSync('docs/backups.md', 'utf8'))?.[1] ?? 'exit 9'
    const [port] = await freePorts(1)
    const data = mkdtempSync(path.join(root, 'bare-'))
    const output = execFileSync('sh', ['-ec', `${documented}\nredis-cli -p "$PORT" SHUTDOWN NOSAVE`], {
      cwd: path.join(root, 'backups', 'production', 'sessions'),
      env: {PATH: process.env['PATH'], ID: id, KEYS: root, DATA: data, PORT: String(port)},
      encoding: 'utf8',
    })
    expect(output).toContain('db9:keys=2402')
  }, 120_000)
})

describe('refused with its reason, and nothing is left behind', () => {
  test.each([
    ['a wrong password', () => urlOf(live.port, 'wrong'), 'user or the password is wrong'],
    ['no password', () => `redis://127.0.0.1:${live.port}`, 'it wants a password'],
    ['nobody there', () => 'redis://127.0.0.1:1', 'connection refused'],
  ])('%s', async (_name, url, reason) => {
    const ops = opsOf({redis: {url: url()}})
    await expect(ops.requireReady('backup')).rejects.toThrow('its Redis does not answer')
    await expect(ops.create()).rejects.toThrow(reason)
    expect(await ops.list()).toEqual([])
  })

  test('a user who may not be a replica', async () => {
    await client.call('ACL', 'SETUSER', 'reader', 'on', '>word', '~*', '+@read', '+info', '+ping', '+hello', '+client')
    const ops = opsOf({redis: {url: `redis://reader:word@127.0.0.1:${live.port}`}})
    await expect(ops.create()).rejects.toThrow(/refuses replicas|gives no snapshot/)
    expect(await ops.list()).toEqual([])
  })

  test('a copy that was damaged, by its fault', async () => {
    const ops = opsOf()
    const {id} = await ops.create()
    const file = path.join(root, 'backups', 'production', 'sessions', `${id}.rdb.zst.age`)
    truncateSync(file, statSync(file).size - 50)
    expect(await ops.verify(id)).toMatchObject({ok: false, fault: 'truncated'})
    await expect(ops.restore(id, {database: 'it'})).rejects.toThrow()
    await ops.dropCopy({database: 'it'})
    expect(await target.dbsize()).toBe(0)
  })

  test('a restore without a server that may be filled', async () => {
    const ops = opsOf({redis: {url: urlOf(live.port)}})
    const {id} = await ops.create()
    await expect(ops.requireFit(id, {globals: false})).rejects.toThrow('redis.into')
  })
})
