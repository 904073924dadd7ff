import {readFile, rename, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {afterAll, beforeAll, expect, test} from 'vitest'
import {type PhysicalBench, startPhysical} from '../../../../test/servers/physical.ts'
import {ownedDirectory} from '../../../../test/servers/scratch.ts'
import {unprivileged} from '../../../lab/accounts.ts'
import type {BackupDetail} from '../../backup-detail.ts'
import {backupTargets} from '../../target.ts'

let bench: PhysicalBench
beforeAll(async () => {
  bench = await startPhysical()
  const second = await ownedDirectory(join(bench.dir, 'second'), await unprivileged(['postgres', 'nobody']))
  const config = await readFile(bench.config, 'utf8')
  // Another passphrase, for it is another place.
  const more = `repo2-path=${second}\nrepo2-cipher-type=aes-256-cbc\nrepo2-cipher-pass=another one\nrepo2-retention-full=2\n`
  await writeFile(bench.config, config.replace('compress-type', `${more}compress-type`))
  await bench.run('stanza-create')
}, 120_000)
afterAll(() => bench.stop())

const ids = async (): Promise<readonly (readonly [string, string, number | undefined])[]> =>
  (await bench.ops().list()).map(({id, state, repository}) => [id, state, repository] as const)

/** As an agent sees it. */
async function seen() {
  const [target] = await backupTargets(
    {...bench.configured, backups: bench.configured.backups.slice(0, 1)},
    bench.tools,
  )
  const found = await target?.probe(AbortSignal.timeout(60_000))
  return {...found, recovery: (found?.detail as BackupDetail | undefined)?.recovery}
}

test('a stanza with two repositories is read, judged and removed from by the one that each backup is in', {
  timeout: 300_000,
}, async () => {
  const ops = bench.ops()
  // "different across repos" is what pgBackRest says now.
  const first = await ops.create()
  expect(first).toMatchObject({repository: 1, state: 'unchecked'})
  await bench.run('--repo=2', '--type=full', '--no-expire-auto', 'backup')
  const [second = ['', '', 0] as const] = await ids()
  expect(second).toEqual([expect.stringMatching(/F$/), 'unchecked', 2])
  for (const id of [first.id, second[0]]) expect(await ops.verify(id)).toMatchObject({ok: true})
  expect(await ids()).toEqual([
    [second[0], 'good', 2],
    [first.id, 'good', 1],
  ])
  expect(await ops.recoveryPlan({to: 'latest'})).toMatchObject({
    set: second[0],
    databases: expect.arrayContaining(['postgres']),
  })

  // Each keeps its own: one that is older is no copy of less worth.
  expect((await ops.prunePlan(1)).remove).toEqual([])

  // A segment that the first one lost is in the second.
  const [segment = ''] = (await bench.files(/archive\/.*-[0-9a-f]{40}\.zst$/)).slice(-1)
  await rename(segment, join(bench.dir, 'aside'))
  expect((await ids()).map(([, state]) => state)).toEqual(['good', 'good'])
  await rename(join(bench.dir, 'aside'), segment)

  await ops.hold(first.id, {by: 'anna', reason: 'audit'})
  await bench.run('--repo=2', '--type=full', '--no-expire-auto', 'backup')
  const [third = ['', '', 0] as const] = await ids()
  await ops.verify(third[0])
  expect((await ops.prunePlan(1)).remove).toEqual([second[0]])
  await ops.prune([second[0]], 1)
  expect(await ids()).toEqual([
    [third[0], 'good', 2],
    [first.id, 'good', 1],
  ])
})

test('of two repositories one that cannot be read, or has another passphrase, is named and hides nothing of the other', {
  timeout: 120_000,
}, async () => {
  const [, first] = await ids()
  const config = await readFile(bench.config, 'utf8')
  await writeFile(bench.config, config.replace('repo2-cipher-pass=another one', 'repo2-cipher-pass=a wrong one'))
  try {
    expect(await ids()).toEqual([first])
    const {recovery} = await seen()
    expect(recovery?.repositoryFaults).toEqual([expect.stringMatching(/^repository 2: wrong key/)])
  } finally {
    await writeFile(bench.config, config)
  }
  const directory = join(bench.dir, 'second')
  await rename(directory, `${directory}-gone`)
  try {
    const {recovery, status, reason} = await seen()
    expect(recovery?.repositoryFaults).toEqual([expect.stringMatching(/^repository 2/)])
    expect([status, reason]).toEqual(['degraded', expect.stringMatching(/^repository 2/)])
  } finally {
    await rename(`${directory}-gone`, directory)
  }
  expect(await ids()).toHaveLength(2)
})
