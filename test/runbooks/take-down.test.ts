import {expect, test} from 'vitest'
import rollback from '../../runbooks/rollback.ts'
import {testRunbook} from '../../src/authoring/test-runbook.ts'

/** A release that goes back from 2.0.0 to 1.0.0; what was called, in order. */
function shop(broken: Readonly<Record<string, string>> = {}, point?: object) {
  const called: string[] = []
  const call =
    <Result>(name: string, result?: Result) =>
    async () => {
      called.push(name)
      if (broken[name] !== undefined) throw new Error(broken[name])
      return result
    }
  const release = {
    name: 'web',
    target: 'haproxy backend app',
    limits: {smokeTests: ['home']},
    requireReady: call('requireReady'),
    live: async () => ({name: 'green', version: '2.0.0', versionWords: '2.0.0'}),
    previous: async () => ({slot: 'blue', version: '1.0.0', stays: []}),
    notUndone: [],
    keptClients: async () => undefined,
    knownBad: () => undefined,
    downMigration: call('downMigration', {
      command: './migrate down 2.0.0 1.0.0',
      preview: ['alter table items drop column colour;'],
    }),
    schemaFits: call('schemaFits', {fits: false, reason: './migrate check says that 1.0.0 does not run'}),
    waitHealthy: call('waitHealthy'),
    smoke: call('smoke'),
    enableChecksAndWait: call('checks'),
    switchTo: async () => {
      called.push('switchTo')
      release.live = async () => ({name: 'blue', version: '1.0.0', versionWords: '1.0.0'})
    },
    noteRolledBack: call('noteRolledBack'),
    drained: call('drained', {requests: 0}),
    stays: async () => ({ok: true, reason: ''}),
    migrateDown: call('migrateDown'),
    restorePointOf: () => point,
  }
  return {called, ops: {release: () => release}}
}
const walk = (world: ReturnType<typeof shop>, params: object, answers: Readonly<Record<string, string>> = {}) =>
  testRunbook(rollback, {params: {...params}, ops: world.ops, answers})

test('a rollback leaves the database alone, asks once, and says when the schema does not fit', async () => {
  const world = shop()
  const run = await walk(world, {})
  expect(run.outcome).toBe('done')
  expect(run.asked.map(({step, kind}) => [step, kind])).toEqual([[undefined, 'confirm']])
  expect(world.called).not.toContain('downMigration')
  expect(world.called).not.toContain('migrateDown')
  // The migration tool may be slow: users are on the version before by then.
  expect(world.called.indexOf('schemaFits')).toBeGreaterThan(world.called.indexOf('noteRolledBack'))
  expect(run.afterwards).toContain(
    'Look at the database and the configuration: ./migrate check says that 1.0.0 does not run.',
  )
})

test('the database is taken back only when it was asked for, last, shown beforehand, and confirmed with the version', async () => {
  const world = shop()
  const run = await walk(world, {migrateDown: true})
  expect(run.outcome).toBe('done')
  expect(run.plan.steps.map(({id}) => id)).toEqual(['ready', 'switch', 'prove', 'drain', 'migrate down'])
  expect(run.asked.at(-1)).toMatchObject({
    step: 'migrate down',
    type: '1.0.0',
    touches: ['runs: ./migrate down 2.0.0 1.0.0', 'would do: alter table items drop column colour;'],
  })
  expect(world.called.at(-1)).toBe('migrateDown')
})

test('whoever does not confirm it keeps the database, and the traffic where it is now', async () => {
  const world = shop()
  const run = await walk(world, {migrateDown: true}, {'migrate down': 'skip'})
  expect(run.steps).toMatchObject({prove: 'done', 'migrate down': 'skipped'})
  expect(world.called.filter(name => name === 'switchTo')).toHaveLength(1)
  expect(world.called).not.toContain('migrateDown')
})

test('it is not reached where the version before fails as well', async () => {
  const world = shop({smoke: 'no answer'})
  const run = await walk(world, {migrateDown: true})
  expect(run.outcome).toBe('failed')
  expect(world.called).not.toContain('migrateDown')
})

const point = {
  database: 'shop',
  at: Date.UTC(2026, 10, 27),
  command: 'opsconsole run restore -p backup=shop -p id=20261127-1',
}

test('the restore point of the deploy stands in the plan, and is left alone unless it was asked for', async () => {
  const run = await walk(shop({}, point), {})
  expect(run.outcome).toBe('done')
  expect(run.plan.steps.at(-1)).toMatchObject({
    id: 'restore database',
    title: 'Bring database shop back to 2026-11-27T00:00:00.000Z, before 2.0.0',
  })
  expect(run.steps).toMatchObject({prove: 'done', 'restore database': 'skipped'})
})

test('asked for, it is a part of its own that a person confirms, after the traffic went back', async () => {
  const run = await walk(shop({}, point), {restoreDatabase: true})
  expect(run.asked.at(-1)).toMatchObject({step: 'restore database'})
  expect(JSON.stringify(run.plan.steps.at(-1))).toContain(point.command)
  expect(run.steps).toMatchObject({prove: 'done', 'restore database': 'done'})
})
