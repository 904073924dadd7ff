import {expect, test} from 'vitest'
import {backupEntry} from '../../test/backup-entry.ts'
import {keepChains} from './chains.ts'
import {planPrune} from './retention.ts'
import type {BackupEntry} from './rows.ts'

const DAY = 86_400_000
const NOW = Date.UTC(2026, 10, 26)

const entry = (id: string, days: number, needs: readonly string[] = []): BackupEntry =>
  backupEntry({
    id,
    needs,
    takenAt: NOW - days * DAY,
    finishedAt: NOW - days * DAY,
    databaseBytes: 10,
    verifiedAt: NOW,
  })

test('what a kept backup builds on is kept, and what nobody builds on goes', () => {
  const entries = [
    entry('I2', 1, ['F2', 'D2']),
    entry('D2', 2, ['F2']),
    entry('F2', 3),
    entry('I1', 4, ['F1']),
    entry('F1', 5),
  ]
  const plan = keepChains(planPrune(entries, 1, NOW), entries)
  expect(plan.remove).toEqual(['I1', 'F1'])
  expect(plan.removeBytes).toBe(20)
  expect(plan.decisions.find(({id}) => id === 'F2')).toMatchObject({action: 'keep', reason: 'I2 builds on it'})
})
