import {afterAll, beforeAll, describe, expect, test} from 'vitest'
import {probeTools} from '../../test/probe-tools.ts'
import {type BackupBench, startBackupBench} from '../../test/servers/backup-bench.ts'
import {systemClock} from '../units/clock.ts'
import {backupTargets} from './target.ts'

let bench: BackupBench
beforeAll(async () => {
  bench = await startBackupBench()
  await bench.fill()
}, 60_000)
afterAll(() => bench.stop())

const DAY = 86_400_000
const probe = async () => (await backupTargets(bench.config, probeTools))[0]!.probe(AbortSignal.timeout(30_000))

describe('a host whose clock is three days ahead', () => {
  test('says so when it takes a backup, which is never the newest, nor in the way of the newest', async () => {
    const lines: string[] = []
    const clock = {...systemClock, now: () => Date.now() + 3 * DAY}
    const future = await bench.ops({clock, log: line => void lines.push(line)}).create()
    await bench.ops({clock}).verify(future.id)
    expect(lines.join('\n')).toMatch(/this host's clock was [23]d.* ahead of the database server's/)
    expect(await probe()).toMatchObject({status: 'degraded', reason: expect.stringContaining('a clock was wrong')})
    await expect(bench.ops().pick('newest')).rejects.toMatchObject({
      code: 'backup/missing',
      hint: expect.stringContaining(future.id),
    })

    const real = await bench.ops().create()
    await bench.ops().verify(real.id)
    const finding = await probe()
    expect(finding).toMatchObject({status: 'degraded', reason: expect.stringContaining('a clock was wrong')})
    expect(finding.values['ageMs']).toBeLessThan(60_000)
    expect(finding.values['ageMs']).toBeGreaterThan(0)
    expect((await bench.ops().pick('newest')).id).toBe(real.id)
    expect((await bench.ops().pick({id: future.id})).id).toBe(future.id)
    expect((await bench.ops().prunePlan(1)).remove).toEqual([])
  })
})

describe('a backup that pg_restore cannot bring back', () => {
  test('is not good after a drill, and the first error is the reason everywhere', {timeout: 60_000}, async () => {
    await bench.query(`create table rates (cur text primary key, r numeric); insert into rates values ('eur', 1.1);
      create function rate(text) returns numeric language plpgsql stable as
        'begin return (select r from rates where cur = $1); end';
      create materialized view priced as select 5 * rate('eur') as p`)
    const ops = bench.ops()
    const {id} = await ops.create()
    await ops.verify(id)
    expect((await ops.list()).find(entry => entry.id === id)?.state).toBe('good')
    const server = await ops.planScratch(id)
    await ops.startScratch(id, server)
    try {
      await expect(ops.restore(id, {database: 'shop', scratch: server})).rejects.toMatchObject({
        code: 'backup/restore',
        message: expect.stringMatching(/ERROR: +relation "rates" does not exist/),
      })
    } finally {
      await ops.removeScratch(server)
    }
    expect((await ops.list()).find(entry => entry.id === id)).toMatchObject({
      state: 'damaged',
      reason: 'restore failed: relation "rates" does not exist',
    })
    expect(await probe()).toMatchObject({status: 'degraded'})
    expect((await ops.pick('newest')).id).not.toBe(id)
  })
})
