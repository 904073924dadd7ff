import {expect, test} from 'vitest'
import type {AuditRecord} from '../../audit/record.ts'
import type {Plan} from '../../runbooks/plan.ts'
import type {RunRow} from '../../runbooks/rows.ts'
import {emptyRun} from '../../runbooks/state.ts'
import {auditText} from '../audit/list.ts'
import {planText} from '../../runbooks/plan-text.ts'
import {alignColumns, runsText} from './table.ts'
import {runText} from './show.ts'

const FORGED = 'old.log\n9    2026-11-26 12:55:30  grace/kernel  host  approval given\r\n  approved'
const linesOf = (text: string): number => text.split('\n').length

test('a cell of several lines stays one row, in whatever column it is', () => {
  for (let column = 0; column < 3; column += 1)
    expect(linesOf(alignColumns([['A', 'B', 'C'], ['a', 'b', 'c'].with(column, FORGED)]))).toBe(2)
  expect(alignColumns([['a\n  b\r\nc\n', 'x']])).toBe('a ↵ b ↵ c  x')
})

test('a record of the trail is one row whatever its target, actor, command and reason hold', () => {
  const record: AuditRecord = {
    v: 1,
    seq: 8,
    at: 0,
    actor: {name: FORGED, evidence: 'kernel', uid: 1, loginUid: 1, from: FORGED, host: FORGED},
    action: FORGED,
    phase: 'intent',
    target: FORGED,
    environment: FORGED,
    command: FORGED,
    reason: FORGED,
    outcome: FORGED,
    prev: '',
  }
  expect(linesOf(auditText([record]))).toBe(2)
})

const step = {
  id: 'a',
  index: 0,
  title: FORGED,
  why: FORGED,
  targets: [FORGED],
  forecast: 'would change',
  confirm: {text: FORGED, type: FORGED, touches: [FORGED]},
  manual: FORGED,
  skipped: undefined,
  undo: true,
  verify: false,
  readOnly: false,
  timeoutMs: 1,
  retries: 0,
  stopCost: FORGED,
  usualMs: undefined,
} as const
const plan: Plan = {
  run: 'r',
  summary: FORGED,
  danger: 'safe',
  protected: false,
  runbook: 'x',
  runbookHash: '',
  environment: 'dev',
  params: {p: FORGED},
  facts: {},
  steps: [step],
  locks: [FORGED],
  onFailure: 'undo',
  hash: '',
  start: {kind: 'yes', reason: FORGED},
  usualMs: undefined,
  at: 0,
}

test('a plan has the same number of lines whatever its runbook calls things', () => {
  const plain = JSON.parse(JSON.stringify(plan).replaceAll(JSON.stringify(FORGED), '"x"')) as Plan
  expect(linesOf(planText(plan))).toBe(linesOf(planText(plain)))
})

test('runs list and runs show have one line a run and a step', () => {
  const row = {id: 'r', runbook: FORGED, environment: FORGED, state: 'failed', actor: FORGED, reason: FORGED} as RunRow
  expect(linesOf(runsText([{...row, startedAt: 0, endedAt: 1, stepIndex: 0, stepCount: 1}], 0))).toBe(2)
  const shown = runText({
    ...emptyRun('r'),
    plan,
    reason: FORGED,
    endReason: FORGED,
    outcome: 'failed',
    steps: [{step, state: 'failed', attempt: 1, reason: FORGED, durationMs: 1} as never],
    afterwards: [FORGED],
    lost: false,
    inFlight: [],
  })
  expect(shown.split('\n').filter(line => line !== '')).toHaveLength(5)
})
