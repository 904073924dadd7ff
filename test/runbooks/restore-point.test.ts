import {expect, test} from 'vitest'
import deploy from '../../runbooks/deploy.ts'
import {testRunbook} from '../../src/authoring/test-runbook.ts'

/** A deploy of 2.0.0 whose first instance does not start; what was called, in order. */
async function deployed(params: Readonly<Record<string, unknown>> = {}) {
  const called: string[] = []
  const note = (name: string, result?: unknown) => async (given?: unknown) => {
    called.push(typeof given === 'string' ? `${name} ${given}` : name)
    return result
  }
  const made = {backup: 'shop', database: 'shop', kind: 'copy', name: '20261127-1'}
  const instance = (id: string) => ({id, host: 'app1', version: '0.9.0'})
  const noted: unknown[] = []
  const release = {
    name: 'web',
    target: 'haproxy backend app',
    limits: {smokeTests: ['home'], maxErrorRate: 0.05, maxSlowdown: 2, keep: '1d'},
    requireReady: note('ready'),
    requireRoom: async () => undefined,
    live: async () => ({name: 'blue', version: '1.0.0', versionWords: '1.0.0'}),
    schemaFits: async () => undefined,
    wantedRestorePoint: async () => ({backup: 'shop', reason: './migrate says that this deploy migrates the database'}),
    startable: async () => ({ok: true, reason: '1.0.0 could be started again: image web:1.0.0 is on this host'}),
    slots: async () => [
      {name: 'blue', instances: [instance('blue-1')]},
      {name: 'green', instances: [instance('green-1')]},
    ],
    notUndone: [],
    keptClients: async () => undefined,
    knownBad: () => undefined,
    counted: async () => undefined,
    rollback: async () => ({ready: true, reason: '', stays: []}),
    keepOn: note('keepOn'),
    stays: async () => ({ok: true, reason: ''}),
    isRunning: async () => false,
    start: async () => {
      called.push('start')
      throw new Error('it does not start')
    },
    restoreVersion: note('restoreVersion'),
    noteRestorePoint: async (point: unknown) => void noted.push(point),
  }
  const backup = {requireReady: note('backup ready for'), createRestorePoint: note('createRestorePoint', made)}
  const run = await testRunbook(deploy, {
    params: {version: '2.0.0', ...params},
    ops: {release: () => release, backup: () => backup},
  })
  return {run, called, noted, made}
}

test('a deploy that migrates makes a restore point before anything starts, and remembers it for the way back', async () => {
  const {run, called, noted, made} = await deployed()
  expect(run.outcome).toBe('undone')
  expect(called.indexOf('createRestorePoint before 2.0.0 of web')).toBeGreaterThan(called.indexOf('keepOn blue'))
  expect(called.indexOf('start')).toBeGreaterThan(called.indexOf('createRestorePoint before 2.0.0 of web'))
  expect(called).toContain('backup ready for backup')
  expect(noted).toEqual([{...made, from: '1.0.0', to: '2.0.0'}])
  expect(run.saved['restorePoint']).toEqual(made)
  const report = deploy.report?.({facts: run.plan.facts, saved: run.saved} as never)
  expect(report?.markdown).toContain('- Restore point: copy 20261127-1 of backup shop; run rollback offers it')
  expect(report?.json).toMatchObject({restorePoint: made})
  expect(run.plan.steps.find(({id}) => id === 'look')?.why).toContain('It is kept for 1d; from then on: 1.0.0 could be')
})

test('without it when the person says so', async () => {
  const {run, called} = await deployed({restorePoint: false})
  expect(run.plan.steps.map(({id}) => id)).not.toContain('restore point')
  expect(called.filter(name => name.includes('estorePoint') || name.startsWith('backup'))).toEqual([])
})
