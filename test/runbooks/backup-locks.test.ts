import {expect, test} from 'vitest'
import backup from '../../runbooks/backup.ts'
import copyBackup from '../../runbooks/copy-backup.ts'
import drill from '../../runbooks/dr-drill.ts'
import restorePitr from '../../runbooks/restore-pitr.ts'
import restore from '../../runbooks/restore.ts'
import {testRunbook} from '../../src/authoring/test-runbook.ts'
import type {Runbook} from '../../src/runbooks/define.ts'

const shop = {
  name: 'shop',
  location: '/var/backups/shop',
  copies: ['vault'],
  keep: 3,
  database: 'shop',
  environment: 'test',
  objectives: {rtoMs: 1, rpoMs: 1},
  requireReady: async () => undefined,
  missingAt: async () => [],
  at: () => ({location: 'ssh://vault/shop'}),
  live: async () => ({name: 'shop', server: 'db', exists: true}),
  pick: async () => ({id: '20261127-020000-aaaa', takenAt: 0, state: 'good', reason: ''}),
  requireFit: async () => ({as: 'postgres', where: 'db', notes: [], missing: {roles: [], tablespaces: []}}),
  recoveryPlan: async () => ({
    database: 'shop',
    target: {kind: 'time', text: 'now'},
    set: '20261127-020000F',
    chain: [],
    timeline: 1,
    place: '/var/lib/restores',
    wal: {from: '1'},
    tablespaces: [],
  }),
}

// A schedule says which backup, and a person with one backup leaves it out: they must not work on it at the same time.
test.each<[Runbook, string]>([
  [backup, 'backup:shop'],
  [restore, 'backup:shop'],
  [copyBackup, 'copies:shop'],
  [drill, 'drill:shop'],
  [restorePitr, 'drill:shop'],
])('$name has one lock on a backup, whether or not its name is given', async (runbook, lock) => {
  for (const params of [{}, {backup: 'shop'}]) {
    const run = await testRunbook(runbook, {params, dryRun: true, ops: {backup: () => shop}})
    expect(run.plan.locks).toEqual([`test/${lock}`])
  }
})
