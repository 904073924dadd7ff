import {expect, test} from 'vitest'
import {plainTools} from '../../../test/servers/ops-tools.ts'
import type {Exec} from '../../processes/exec.ts'
import type {OpsContext} from '../context.ts'
import {openPgbackrest} from '../methods/pgbackrest/pgbackrest.ts'
import {pgbackrestSchema} from '../methods/pgbackrest/schema.ts'
import {segmentName} from '../wal/segment.ts'
import {createRecoveryOps} from './recovery-ops.ts'

const SEGMENT = 16 * 1024 * 1024
const FULL = '20261126-110000F'
const name = (number: number): string => segmentName({timeline: 1, number}, SEGMENT)

const INFO = JSON.stringify([
  {
    archive: [{database: {id: 1}, id: '15-1'}],
    backup: [
      {
        archive: {start: name(2), stop: name(2)},
        info: {size: 1000, repository: {size: 100}},
        label: FULL,
        lsn: {start: '0/2000028', stop: '0/2000100'},
        timestamp: {start: 1795690000, stop: 1795690005},
        type: 'full',
        'database-ref': [{name: 'shop', oid: 16384}],
        tablespace: [{destination: '/srv/fast', name: 'fast', oid: 16390}],
      },
    ],
    cipher: 'none',
    db: [{id: 1, 'system-id': 77, version: '15'}],
    name: 'main',
    status: {code: 0, message: 'ok'},
  },
])

/** An archive of so many segments, and how often a program was started to see it. */
function archiveOf(
  count: number,
  scratch?: string,
): {readonly ops: ReturnType<typeof createRecoveryOps>; readonly started: string[]} {
  const started: string[] = []
  const segments = Array.from({length: count}, (_, at) => [
    `x/${name(at + 1)}-${'b'.repeat(40)}.zst`,
    {type: 'file', size: 9, time: 1795690000 + at},
  ])
  const answers: Readonly<Record<string, string>> = {
    info: INFO,
    'archive/main/15-1': JSON.stringify(Object.fromEntries(segments)),
    'backup/main': JSON.stringify({[FULL]: {type: 'path'}}),
  }
  const exec: Exec = async argv => {
    started.push(argv.join(' '))
    const word = Object.keys(answers).find(each => argv.includes(each)) ?? ''
    return {exitCode: 0, stdout: argv[0] === 'id' ? '0' : (answers[word] ?? ''), stderr: '', durationMs: 0}
  }
  const spec = pgbackrestSchema.parse({type: 'pgbackrest', stanza: 'main', scratch})
  const context = {
    tools: plainTools({exec}),
    source: {backup: {name: 'cluster', drill: {}, pgbackrest: spec}},
    access: {live: async () => ({database: 'shop'})},
    catalog: {storage: {readTexts: async () => new Map()}},
    method: {repository: openPgbackrest(spec, {exec})},
  } as unknown as OpsContext
  return {ops: createRecoveryOps(context), started}
}

const pgbackrest = (started: readonly string[]): number => started.filter(line => line.includes('pgbackrest')).length

test('a plan over 10,000 segments starts as few programs as one over ten', async () => {
  const [small, large] = [archiveOf(10), archiveOf(10_000)]
  await small.ops.recoveryPlan({lsn: '0/5000000'})
  const plan = await large.ops.recoveryPlan({lsn: '20/5000000'})
  expect([pgbackrest(small.started), pgbackrest(large.started)]).toEqual([4, 4])
  expect(plan).toMatchObject({
    set: FULL,
    chain: [],
    timeline: 1,
    database: 'shop',
    databases: ['shop'],
    tablespaces: [{name: 'fast', was: '/srv/fast'}],
    wal: {from: name(2), to: name(8197), segments: 8196},
    databaseBytes: 1000,
    estimateMs: undefined,
  })
})

test('a position behind the end is refused with what can be restored to', async () => {
  await expect(archiveOf(10).ops.recoveryPlan({lsn: '0/C000000'})).rejects.toMatchObject({
    code: 'backup/window',
    message: 'position 0/C000000 is after the end of the archive',
    hint: expect.stringMatching(/^Restorable: 2026-/) as string,
  })
})

test('a scratch directory that is not there is named, and no defect of ours', async () => {
  await expect(archiveOf(10, '/nowhere/restores').ops.recoveryPlan({lsn: '0/5000000'})).rejects.toMatchObject({
    code: 'backup/unfit',
    message: expect.stringContaining('the copy cannot be put into /nowhere/restores') as string,
  })
})

test('a method that keeps single moments says which runbook restores them', async () => {
  const context = {source: {backup: {name: 'shop'}}, method: {}} as unknown as OpsContext
  await expect(createRecoveryOps(context).recoveryPlan({to: 'latest'})).rejects.toMatchObject({
    code: 'usage/arguments',
    message: expect.stringContaining('single moments') as string,
  })
})
