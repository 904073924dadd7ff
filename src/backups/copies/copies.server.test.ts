import {readFileSync, rmSync, statSync, utimesSync, writeFileSync} from 'node:fs'
import path from 'node:path'
import {afterAll, beforeAll, expect, test} from 'vitest'
import copyRunbook from '../../../runbooks/copy-backup.ts'
import {type BackupBench, startBackupBench} from '../../../test/servers/backup-bench.ts'
import {type PlayedS3, startPlayedS3} from '../../../test/servers/played-s3.ts'
import {plainSecret} from '../../../test/servers/s3-server.ts'
import {walkRunbook} from '../../../test/servers/walk-runbook.ts'
import type {Ops} from '../../runbooks/ops.ts'
import type {BackupOps} from '../ops.ts'
import {execProgram} from '../../processes/run.ts'
import {systemClock} from '../../units/clock.ts'
import type {BackupsConfig} from '../source.ts'
import {backupTargets} from '../target.ts'

let bench: BackupBench
let server: PlayedS3
let config: BackupsConfig
beforeAll(async () => {
  ;[bench, server] = await Promise.all([startBackupBench(), startPlayedS3(() => Promise.resolve(undefined))])
  await bench.fill()
  const keys = {accessKeyId: 'AKID', secretAccessKey: 'secret of a test'}
  config = bench.configured({
    storage: {type: 'dir', path: path.join(bench.directory, 'first')},
    copies: [
      {name: 'second', storage: {type: 'dir', path: path.join(bench.directory, 'second')}},
      {name: 'vault', storage: {type: 's3', endpoint: server.endpoint, bucket: 'backups', ...keys}, offSite: true},
    ],
  })
}, 60_000)
afterAll(async () => {
  await Promise.all([bench.stop(), server.stop()])
})

const here = (): BackupOps => bench.ops({}, config)
const fileIn = (place: string, name: string): string => path.join(bench.directory, place, 'production/shop', name)
const dataOf = (id: string): string => `${id}.dump.zst.age`

test('every good backup is copied to each place and read there, once', {timeout: 120_000}, async () => {
  const ops = here()
  const first = await ops.create()
  await ops.verify(first.id)
  await ops.hold(first.id, {by: 'anna', reason: 'audit'})
  const walk = () =>
    walkRunbook(copyRunbook, {
      params: {},
      ops: {backup: () => ops, environment: {name: 'production'}} as unknown as Ops,
    })
  const walked = await walk()
  expect(walked.outcome, walked.reason).toBe('done')
  for (const place of ['second', 'vault']) {
    expect(await ops.missingAt(place)).toEqual([])
    expect(await ops.at(place).list()).toMatchObject([{id: first.id, state: 'good', held: true}])
  }
  expect(readFileSync(fileIn('second', dataOf(first.id))).equals(readFileSync(fileIn('first', dataOf(first.id))))).toBe(
    true,
  )
  expect(Object.keys((await walk()).steps)).toEqual(['compare'])

  const [target] = await backupTargets(config, {exec: execProgram, clock: systemClock, secret: plainSecret})
  const found = await target?.probe(new AbortController().signal)
  expect(found).toMatchObject({
    status: 'up',
    detail: {
      copies: [
        {name: 'second', good: [first.id]},
        {name: 'vault', type: 's3', offSite: true, good: [first.id]},
      ],
    },
  })
})

test('an original that is not what its manifest says is not copied', {timeout: 120_000}, async () => {
  const ops = here()
  const {id} = await ops.create()
  await ops.verify(id)
  const file = fileIn('first', dataOf(id))
  const bytes = readFileSync(file)
  bytes[100] = (bytes[100] ?? 0) ^ 1
  writeFileSync(file, bytes)
  await expect(ops.copyTo('second', id)).rejects.toMatchObject({code: 'backup/damaged'})
  expect((await ops.at('second').list()).map(entry => entry.id)).not.toContain(id)
  rmSync(file, {force: true})
})

test('a place that goes away in the middle has nothing good, and one that lost a file gets it back', {
  timeout: 120_000,
}, async () => {
  const ops = here()
  const {id} = await ops.create()
  await ops.verify(id)
  server.fault = ({method, key}) =>
    method === 'PUT' && key.endsWith('.age') ? {status: 403, code: 'AccessDenied'} : undefined
  await expect(ops.copyTo('vault', id)).rejects.toMatchObject({code: 'backup/storage'})
  server.fault = undefined
  expect((await ops.at('vault').list()).map(entry => entry.id)).not.toContain(id)

  await ops.copyTo('vault', id)
  await ops.at('vault').verify(id)
  rmSync(fileIn('first', dataOf(id)))
  expect((await ops.list()).find(entry => entry.id === id)).toMatchObject({state: 'damaged'})
  await ops.copyFrom('vault', id)
  expect(await ops.requireSound(id)).toMatchObject({ok: true, level: 'full'})
})

test('a copy and an original whose bytes changed are repaired, each from the other', {timeout: 120_000}, async () => {
  const ops = here()
  const {id} = await ops.create()
  await ops.verify(id)
  await ops.copyTo('second', id)
  await ops.at('second').requireSound(id)
  for (const place of ['second', 'first'] as const) {
    const at = place === 'first' ? ops : ops.at(place)
    const file = fileIn(place, dataOf(id))
    const bytes = readFileSync(file)
    bytes[100] = (bytes[100] ?? 0) ^ 1
    writeFileSync(file, bytes)
    expect(await at.verify(id)).toMatchObject({ok: false, fault: 'altered'})
    if (place === 'second') expect(await ops.missingAt('second')).toContain(id)
    await (place === 'first' ? ops.copyFrom('second', id) : ops.copyTo('second', id))
    expect(await at.requireSound(id)).toMatchObject({ok: true, level: 'full'})
  }
})

test('one that is bad here or there does not keep the others from being copied', {timeout: 120_000}, async () => {
  const config = bench.configured({
    storage: {type: 'dir', path: path.join(bench.directory, 'rot')},
    copies: [{name: 'other', storage: {type: 'dir', path: path.join(bench.directory, 'rot-other')}}],
  })
  const ops = bench.ops({}, config)
  const walk = () =>
    walkRunbook(copyRunbook, {
      params: {},
      ops: {backup: () => ops, environment: {name: 'production'}} as unknown as Ops,
    })
  const flip = (place: string, id: string): void => {
    const file = fileIn(place, dataOf(id))
    const bytes = readFileSync(file)
    bytes[100] = (bytes[100] ?? 0) ^ 1
    writeFileSync(file, bytes)
    // As rot does: its time stays.
    const {at} = seen.get(id) ?? {at: new Date()}
    utimesSync(file, at, at)
  }
  const seen = new Map<string, {readonly at: Date}>()
  for (let count = 0; count < 3; count += 1) {
    const {id} = await ops.create()
    seen.set(id, {at: statSync(fileIn('rot', dataOf(id))).mtime})
    await ops.verify(id)
  }
  const [first = '', second = '', third = ''] = seen.keys()
  // The oldest is bad here, and the next was sent before and is bad there.
  await ops.copyTo('other', second)
  flip('rot', first)
  flip('rot-other', second)
  expect((await ops.list()).find(({id}) => id === first)).toMatchObject({state: 'good'})

  const walked = await walk()
  expect(walked.outcome).not.toBe('done')
  expect(walked.reason).toMatch(new RegExp(`${first}.*not what its manifest says`))
  expect((await ops.at('other').list()).map(({id, state}) => `${id} ${state}`)).toEqual([
    `${third} good`,
    `${second} good`,
  ])
  expect((await ops.list()).find(({id}) => id === first)).toMatchObject({state: 'damaged'})
  // It is known now, so the next time is quiet.
  expect((await walk()).outcome).toBe('done')
})

test('what is old is removed in another place, never what the first place has, and nothing where it is immutable', {
  timeout: 120_000,
}, async () => {
  const dir = (name: string) => ({name, storage: {type: 'dir', path: path.join(bench.directory, `old-${name}`)}})
  const config = bench.configured({
    storage: dir('first').storage,
    copies: [dir('second'), {...dir('locked'), immutable: true}],
  })
  const ops = bench.ops({}, config)
  const ids: string[] = []
  for (let count = 0; count < 3; count += 1) {
    const {id} = await ops.create()
    await ops.verify(id)
    for (const place of ['second', 'locked']) await ops.copyTo(place, id)
    await ops.at('second').verify(id)
    ids.push(id)
  }
  const [first = '', second = '', third = ''] = ids
  expect((await ops.prunePlanAt('second', 1)).remove).toEqual([])
  await ops.prune([first], 2)
  const plan = await ops.prunePlanAt('second', 1)
  expect(plan.remove).toEqual([first])
  expect(plan.decisions.find(({id}) => id === second)).toMatchObject({
    action: 'keep',
    reason: expect.stringMatching(/old-first.* has it$/) as string,
  })
  await expect(ops.pruneAt('second', [second], 1)).rejects.toMatchObject({code: 'backup/held'})
  expect(await ops.pruneAt('second', [first], 1)).toEqual([first])
  expect((await ops.at('second').list()).map(({id}) => id)).toEqual([third, second])
  await expect(ops.prunePlanAt('locked', 1)).rejects.toMatchObject({
    code: 'backup/held',
    message: expect.stringContaining('immutable') as string,
  })
  expect(await ops.at('locked').list()).toHaveLength(3)
})
