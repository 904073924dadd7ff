import {expect, test} from 'vitest'
import {forgetfulMemory} from '../kinds/memory.ts'
import type {ReleaseContext} from './context.ts'
import {migrationsSchema} from './migrations-schema.ts'
import {wayBackOps} from './way-back-ops.ts'

/** A release whose `pending` ends so; null: it has none. */
function release(exitCode: number | null, restorePoint: string | null = 'shop') {
  const pending = exitCode === null ? {} : {pending: ['./migrate', 'pending', '{from}', '{to}']}
  const memory = forgetfulMemory()
  const context = {
    config: {name: 'web', migrations: migrationsSchema.parse({...(restorePoint && {restorePoint}), ...pending})},
    tools: {
      memory,
      run: 'r-7',
      environment: {name: 'prod'},
      clock: {now: () => 1_000},
      signal: new AbortController().signal,
      log: () => {},
      act: async (_text: string, change: () => Promise<unknown>) => change(),
      exec: async () => ({exitCode, stdout: '', stderr: 'no such table', durationMs: 1}),
    },
  } as unknown as ReleaseContext
  return wayBackOps(context)
}
const step = {from: '1.0', to: '2.0'}

test.each([
  [0, './migrate pending 1.0 2.0 says that this deploy migrates the database'],
  [7, './migrate pending 1.0 2.0 does not say whether this deploy migrates the database'],
  [null, 'nothing says whether this deploy migrates the database'],
])('a restore point is wanted where the project says %s', async (exitCode, reason) => {
  expect(await release(exitCode).wantedRestorePoint(step)).toEqual({backup: 'shop', reason})
})

test('none is wanted where nothing is migrated, or no backup is named for it', async () => {
  expect(await release(1).wantedRestorePoint(step)).toBeUndefined()
  expect(await release(0, null).wantedRestorePoint(step)).toBeUndefined()
})

test.each([
  ['copy', 'opsconsole run restore -e prod -p backup=shop -p id=20261127-1'],
  ['point', 'opsconsole run restore-pitr -e prod -p backup=shop -p point=20261127-1'],
] as const)('a %s is offered on the way back of its own deploy, and of no other', async (kind, command) => {
  const notes = release(0)
  await notes.noteRestorePoint({backup: 'shop', database: 'shop', kind, name: '20261127-1', ...step})
  expect(notes.restorePointOf({from: '2.0', to: '1.0'})).toMatchObject({command, at: 1_000, run: 'r-7'})
  expect(notes.restorePointOf({from: '3.0', to: '1.0'})).toBeUndefined()
  expect(notes.restorePointOf({from: '1.0', to: '2.0'})).toBeUndefined()
})
