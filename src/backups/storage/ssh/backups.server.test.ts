import {readdirSync, readFileSync, truncateSync} from 'node:fs'
import {userInfo} from 'node:os'
import path from 'node:path'
import {afterAll, beforeAll, expect, test} from 'vitest'
import {type BackupBench, startBackupBench} from '../../../../test/servers/backup-bench.ts'
import {startSshd, type Sshd} from '../../../../test/servers/sshd.ts'
import {type BackupsConfig, backupSources} from '../../source.ts'
import {backupTargets} from '../../target.ts'
import {execProgram} from '../../../processes/run.ts'
import {systemClock} from '../../../units/clock.ts'

let bench: BackupBench
let sshd: Sshd
let config: BackupsConfig
let directory = ''
beforeAll(async () => {
  ;[bench, sshd] = await Promise.all([startBackupBench(), startSshd()])
  await bench.fill()
  config = bench.configured({
    storage: {
      type: 'ssh',
      host: '127.0.0.1',
      user: userInfo().username,
      port: sshd.port,
      path: path.join(bench.directory, 'vault'),
      identityFile: sshd.keyFile,
      knownHostsFile: sshd.knownHostsFile,
    },
  })
  directory = path.join(bench.directory, 'vault/production/shop')
}, 60_000)
afterAll(async () => {
  await Promise.all([bench.stop(), sshd.stop()])
})

test('a backup on another host is taken, read completely, restored, proved and pruned', {
  timeout: 120_000,
}, async () => {
  const ops = bench.ops({}, config)
  const first = await ops.create()
  expect(await ops.verify(first.id)).toMatchObject({ok: true, level: 'full'})
  const second = await ops.create()
  expect(await ops.requireSound(second.id)).toMatchObject({ok: true})
  expect(await ops.list()).toMatchObject([
    {id: second.id, state: 'good'},
    {id: first.id, state: 'good'},
  ])
  expect(bench.acts[0]).toContain(`> ssh://${userInfo().username}@127.0.0.1:${sshd.port}${directory}/ID.dump.zst.age`)

  const place = {database: 'shop_from_afar'}
  await ops.restore(second.id, place)
  expect(await ops.requireEqual(second.id, place)).toMatchObject({ok: true, tables: 5})
  await ops.dropCopy(place)

  await ops.hold(first.id, {by: 'anna', reason: 'audit'})
  expect((await ops.prunePlan(1)).remove).toEqual([])
  await ops.releaseHold(first.id)
  await ops.prune([first.id], 1)
  const [timing, ...others] = readdirSync(directory).sort().toReversed()
  expect(others.toReversed()).toEqual(
    ['dump.zst.age', 'globals.sql.age', 'manifest.json', 'restored.json', 'verified.json'].map(
      end => `${second.id}.${end}`,
    ),
  )
  // What the next restore is estimated by outlives the backup that it was measured with.
  expect(timing).toMatch(/^timing-.*\.json$/)

  const [target] = await backupTargets(config, {
    exec: execProgram,
    clock: systemClock,
    secret: () => Promise.reject(new Error('none')),
  })
  expect(await target?.probe(new AbortController().signal)).toMatchObject({status: 'up', values: {count: 1}})
  expect(backupSources(config)[0]?.address).toBe(ops.location)
})

test('whose connection is cut while it is taken is refused, and nothing of it is left', {timeout: 60_000}, async () => {
  const ops = bench.ops({log: () => sshd.dropSessions()}, config)
  await expect(ops.create()).rejects.toMatchObject({
    code: 'backup/failed',
    message: expect.stringContaining('the connection was cut'),
  })
  expect((await bench.ops({}, config).list()).map(({state}) => state)).toEqual(['good'])
})

test('that was cut short over there is named, with its bytes', {timeout: 60_000}, async () => {
  const ops = bench.ops({}, config)
  const [entry] = await ops.list()
  const file = path.join(directory, `${entry?.id}.dump.zst.age`)
  truncateSync(file, readFileSync(file).length - 7)
  expect(await ops.list()).toMatchObject([{state: 'damaged', reason: expect.stringContaining('7 bytes short')}])
  expect(await ops.verify(entry?.id ?? '')).toMatchObject({ok: false, fault: 'truncated'})
})
