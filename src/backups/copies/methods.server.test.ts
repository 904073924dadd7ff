import {mkdtempSync, rmSync} from 'node:fs'
import {tmpdir, userInfo} from 'node:os'
import path from 'node:path'
import {DatabaseSync} from 'node:sqlite'
import {generateX25519Identity, identityToRecipient} from 'age-encryption'
import {Redis} from 'ioredis'
import {afterAll, beforeAll, describe, expect, test} from 'vitest'
import copyRunbook from '../../../runbooks/copy-backup.ts'
import {benchTools} from '../../../test/servers/bench-tools.ts'
import {type RedisServer, startRedis} from '../../../test/servers/redis.ts'
import {plainSecret, type S3Server, startS3Server} from '../../../test/servers/s3-server.ts'
import {type Sshd, startSshd} from '../../../test/servers/sshd.ts'
import {walkRunbook} from '../../../test/servers/walk-runbook.ts'
import {execProgram} from '../../processes/run.ts'
import type {Ops} from '../../runbooks/ops.ts'
import {systemClock} from '../../units/clock.ts'
import {backupSchema} from '../config.ts'
import {type BackupOps, loadBackupOps} from '../ops.ts'
import type {BackupsConfig} from '../source.ts'
import {backupTargets} from '../target.ts'

const create = await loadBackupOps()
let root: string
let redis: RedisServer
let s3: S3Server
let sshd: Sshd
let keys: {readonly recipients: readonly string[]; readonly identity: string}

beforeAll(async () => {
  root = mkdtempSync(path.join(tmpdir(), 'opsconsole-places-'))
  const identity = await generateX25519Identity()
  keys = {recipients: [await identityToRecipient(identity)], identity}
  ;[redis, s3, sshd] = await Promise.all([
    startRedis(['--repl-diskless-sync-delay', '0']),
    startS3Server('s3rver'),
    startSshd(),
  ])
  const database = new DatabaseSync(path.join(root, 'live.db'))
  database.exec('CREATE TABLE words (word TEXT); INSERT INTO words VALUES (hex(randomblob(100000)))')
  database.close()
  const client = new Redis({port: redis.port})
  await client.set('word', 'x'.repeat(100_000))
  client.disconnect()
}, 60_000)
afterAll(async () => {
  await Promise.all([redis.stop(), s3.stop(), sshd.stop()])
  rmSync(root, {recursive: true, force: true})
})

const places = (name: string) => ({
  disk: {type: 'dir', path: path.join(root, name)},
  bucket: {
    type: 's3',
    endpoint: s3.endpoint,
    bucket: 'backups',
    prefix: name,
    accessKeyId: s3.accessKeyId,
    secretAccessKey: s3.secretAccessKey,
  },
  vault: {
    type: 'ssh',
    host: '127.0.0.1',
    user: userInfo().username,
    port: sshd.port,
    path: path.join(root, `${name}-vault`),
    identityFile: sshd.keyFile,
    knownHostsFile: sshd.knownHostsFile,
  },
})
type Place = keyof ReturnType<typeof places>

/** The backups are first in one place, and copied to the two others. */
function configOf(method: 'sqlite' | 'redis', first: Place): BackupsConfig {
  const {[first]: storage, ...others} = places(`${method}-${first}`)
  const backup = backupSchema.parse({
    name: 'own',
    method,
    ...(method === 'sqlite' ? {sqlite: {file: path.join(root, 'live.db')}} : {redis: {url: redis.url}}),
    storage,
    copies: Object.entries(others).map(([name, place]) => ({name, storage: place})),
    encryption: {recipients: [...keys.recipients], identity: keys.identity},
  })
  return {backups: [{...backup, environment: 'production'}], databases: []}
}

describe.each(['sqlite', 'redis'] as const)('a backup by %s', method => {
  test.each([
    ['vault', 'bucket'],
    ['bucket', 'vault'],
  ] as const)(
    'whose first place is a %s is copied, restored from it, and pruned here and there',
    async (first, other) => {
      const config = configOf(method, first)
      const ops = create(config, benchTools([]), 'own')
      const old = await ops.create()
      await ops.requireSound(old.id)
      const newest = await ops.create()
      await ops.requireSound(newest.id)

      const context = {backup: () => ops, environment: {name: 'production'}} as unknown as Ops
      expect(await walkRunbook(copyRunbook, {params: {}, ops: context})).toMatchObject({outcome: 'done', reason: ''})
      for (const place of ['disk', other])
        expect(await ops.at(place).list()).toMatchObject([
          {id: newest.id, state: 'good', reason: 'read completely'},
          {id: old.id, state: 'good', reason: 'read completely'},
        ])

      // Restored from the copy as from the first place.
      for (const from of [ops, ops.at(other)]) expect(await drilled(from, newest.id)).toMatchObject({ok: true})

      // Here first: what the first place has would be copied again.
      expect((await ops.at(other).prunePlan(1)).remove).toEqual([old.id])
      await ops.prune([old.id], 1)
      await ops.at(other).prune([old.id], 1)
      expect((await ops.list()).map(({id}) => id)).toEqual([newest.id])
      expect((await ops.at(other).list()).map(({id}) => id)).toEqual([newest.id])
      expect((await ops.at('disk').list()).map(({id}) => id)).toEqual([newest.id, old.id])

      const [target] = await backupTargets(config, {exec: execProgram, clock: systemClock, secret: plainSecret})
      const probed = await target?.probe(AbortSignal.timeout(60_000))
      expect(probed).toMatchObject({status: 'up', values: {count: 1}})
      expect(probed?.detail).toMatchObject({
        copies: expect.arrayContaining([
          expect.objectContaining({name: other, good: [newest.id], damaged: []}),
          expect.objectContaining({name: 'disk', good: [newest.id, old.id]}),
        ]) as unknown,
      })
    },
    240_000,
  )
})

async function drilled(ops: BackupOps, id: string): Promise<unknown> {
  const scratch = await ops.planScratch(id)
  await ops.startScratch(id, scratch)
  try {
    const place = {database: 'live.db', scratch}
    await ops.restore(id, place)
    return await ops.prove(id, place)
  } finally {
    await ops.removeScratch(scratch)
  }
}
