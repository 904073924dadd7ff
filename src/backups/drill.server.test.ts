import {existsSync, readFileSync} from 'node:fs'
import path from 'node:path'
import {afterAll, beforeAll, expect, test} from 'vitest'
import {type BackupBench, startBackupBench} from '../../test/servers/backup-bench.ts'
import {processStat} from '../processes/identity.ts'
import {systemClock} from '../units/clock.ts'
import {scratchConnection} from './scratch.ts'

let bench: BackupBench
beforeAll(async () => {
  bench = await startBackupBench()
  await bench.fill()
}, 60_000)
afterAll(() => bench.stop())

test('a scratch server takes a backup, proves it, opens no port, and leaves nothing', {timeout: 60_000}, async () => {
  const ops = bench.ops()
  const {id} = await ops.create()
  const server = await ops.planScratch(id)
  expect(existsSync(server.directory)).toBe(false)
  await ops.startScratch(id, server)
  const place = {database: 'shop', scratch: server}
  try {
    const pid = Number(readFileSync(path.join(server.directory, 'data', 'postmaster.pid'), 'utf8').split('\n')[0])
    expect(readFileSync(`/proc/${pid}/environ`, 'utf8')).not.toContain('VITEST')
    await ops.restore(id, place)
    const before = Date.now()
    expect(await ops.firstWrite(place)).toBeGreaterThanOrEqual(before)
    expect(await ops.requireEqual(id, place)).toMatchObject({ok: true, tables: 5})
    expect(scratchConnection(server).hosts[0]?.host).toBe(server.directory)
    expect(await ops.removeOrphans()).not.toContain('r-test-0001')
    await ops.removeScratch(server)
    expect(existsSync(server.directory)).toBe(false)
    // Where nobody reaps orphans it stays as a zombie.
    expect([undefined, 'Z']).toContain(processStat(pid)?.state)
  } finally {
    await ops.removeScratch(server)
  }
  expect((await ops.list()).find(entry => entry.id === id)?.restoreTestedAt).toBeTypeOf('number')
})

test('nothing but a directory of a drill is ever removed', async () => {
  const server = {directory: bench.directory, binaries: bench.server.bin, account: undefined, superuser: 'postgres'}
  await expect(bench.ops().removeScratch(server)).rejects.toMatchObject({code: 'drill/failed'})
  expect(existsSync(bench.directory)).toBe(true)
})

test('what is held, the newest good one and the newest proven one cannot be pruned, whatever is asked for', async () => {
  const ops = bench.ops()
  const [first] = await ops.list()
  const proven = first?.id ?? ''
  await ops.verify(proven)
  await expect(ops.prune([proven])).rejects.toMatchObject({code: 'backup/held'})
  const [second, third] = [await ops.create(), await ops.create()]
  for (const {id} of [second, third]) await ops.verify(id)
  await ops.hold(second.id, {by: 'anna', reason: 'audit'})
  expect((await ops.prunePlan(1)).remove).toEqual([])
  await ops.releaseHold(second.id)
  const plan = await ops.prunePlan(1)
  expect(plan.remove).toEqual([second.id])
  await ops.prune(plan.remove, 1)
  expect((await ops.list()).map(entry => entry.id)).toEqual([third.id, proven])
})

test('a random one is one of the last days when that is asked for, and each comes up', async () => {
  const ops = bench.ops()
  const usable = (await ops.list()).filter(({state}) => state === 'good' || state === 'unchecked').map(({id}) => id)
  const chosen = new Set<string>()
  while (chosen.size < usable.length) chosen.add((await ops.pick({randomWithinMs: 86_400_000})).id)
  expect([...chosen].sort()).toEqual(usable.toSorted())
  const later = bench.ops({clock: {...systemClock, now: () => Date.now() + 3 * 86_400_000}})
  await expect(later.pick({randomWithinMs: 86_400_000})).rejects.toMatchObject({
    code: 'backup/missing',
    message: expect.stringContaining('young enough'),
  })
})

test('newest never means the safety backup of a restore', async () => {
  const ops = bench.ops()
  const before = await ops.pick('newest')
  const safety = await ops.create('safety')
  expect((await ops.pick('newest')).id).toBe(before.id)
  expect((await ops.pick({id: safety.id})).safety).toBe(true)
})
