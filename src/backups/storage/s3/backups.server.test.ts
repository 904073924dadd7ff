import {afterAll, beforeAll, expect, test} from 'vitest'
import {type BackupBench, startBackupBench} from '../../../../test/servers/backup-bench.ts'
import {plainSecret, type S3Server, startS3Server} from '../../../../test/servers/s3-server.ts'
import {execProgram} from '../../../processes/run.ts'
import {systemClock} from '../../../units/clock.ts'
import type {BackupsConfig} from '../../source.ts'
import {backupTargets} from '../../target.ts'

let bench: BackupBench
let server: S3Server
let config: BackupsConfig
beforeAll(async () => {
  ;[bench, server] = await Promise.all([startBackupBench(), startS3Server('s3rver')])
  await bench.fill()
  const {endpoint, accessKeyId, secretAccessKey} = server
  config = bench.configured({
    storage: {type: 's3', endpoint, bucket: 'backups', accessKeyId, secretAccessKey, partSize: '5mb'},
  })
}, 60_000)
afterAll(async () => {
  await Promise.all([bench.stop(), server.stop()])
})

test('a backup in a bucket is taken, read completely, restored, proved and pruned', {timeout: 120_000}, async () => {
  const ops = bench.ops({}, config)
  const first = await ops.create()
  expect(await ops.verify(first.id)).toMatchObject({ok: true, level: 'full'})
  const second = await ops.create()
  expect(await ops.requireSound(second.id)).toMatchObject({ok: true})
  expect(await ops.list()).toMatchObject([
    {id: second.id, state: 'good'},
    {id: first.id, state: 'good'},
  ])
  expect(bench.acts[0]).toContain(`> ${server.endpoint}/backups/production/shop/ID.dump.zst.age`)

  const place = {database: 'shop_from_afar'}
  await ops.restore(second.id, place)
  expect(await ops.requireEqual(second.id, place)).toMatchObject({ok: true, tables: 5})
  await ops.dropCopy(place)
  await ops.prune([first.id], 1)

  const [target] = await backupTargets(config, {
    exec: execProgram,
    clock: systemClock,
    secret: plainSecret,
  })
  expect(await target?.probe(new AbortController().signal)).toMatchObject({status: 'up', values: {count: 1}})
})
