import {mkdtempSync, rmSync} from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import {afterEach, beforeEach, expect, test} from 'vitest'
import type {Actor} from '../../src/identity/actor.ts'
import type {StepContext} from '../../src/runbooks/define.ts'
import {runbook, step} from '../../src/runbooks/define.ts'
import {openAnswerQueue} from '../../src/runbooks/answer-queue.ts'
import {executeRun} from '../../src/runbooks/execute.ts'
import type {ExecuteTools} from '../../src/runbooks/execute-tools.ts'
import {freezePlan, type Frozen} from '../../src/runbooks/freeze.ts'
import {makeReport, writeMarkdown} from '../../src/runbooks/report.ts'
import {openAuditLog} from '../../src/store/audit-log.ts'
import {openLockStore} from '../../src/store/locks.ts'
import {openJournal, readEvents, readRunState} from '../../src/store/runs/journal.ts'
import {runsText} from '../../src/commands/runs/table.ts'
import {runRow} from '../../src/runs/run-row.ts'
import {systemClock, type Clock} from '../../src/units/clock.ts'
import {formatAge, formatDuration} from '../../src/units/duration.ts'

const HOUR = 3_600_000
const RUN = '20261122-031200-abcd'
const actor: Actor = {name: 'ada', evidence: 'kernel', uid: 1000, loginUid: 1000, from: 'host', host: 'ops1'}

let stateDir = ''
beforeEach(() => {
  stateDir = mkdtempSync(path.join(os.tmpdir(), 'opsconsole-clock-'))
})
afterEach(() => rmSync(stateDir, {recursive: true, force: true}))

const sample = runbook({
  name: 'two',
  summary: 'Two steps, then a failure',
  danger: 'disruptive',
  plan: () => [
    step({id: 'one', title: 'One', run: async () => {}, undo: async () => {}}),
    step({id: 'two', title: 'Two', run: async () => {}, undo: async () => {}}),
    step({id: 'three', title: 'Three', run: () => Promise.reject(new Error('no'))}),
  ],
})

const freeze = (clock: Clock): Promise<Frozen> =>
  freezePlan({
    run: RUN,
    loaded: {runbook: sample, file: '/two.ts', hash: 'h'},
    params: {},
    shownParams: {},
    environment: {name: 'dev', protected: false},
    onFailure: 'undo',
    approval: undefined,
    facts: {} as never,
    usual: new Map(),
    usualRunMs: undefined,
    now: clock.now(),
    forecast: async () => 'cannot know',
  })

async function carryOut(clock: Clock): Promise<void> {
  const {plan} = await freeze(clock)
  const journal = openJournal(path.join(stateDir, 'journal'), RUN, {clock})
  const audit = openAuditLog({stateDir, actor, clock, redact: text => text})
  const locks = openLockStore({stateDir, clock, hasUnknownStep: () => false})
  const answers = openAnswerQueue(
    {
      take: () => [],
      changed: signal => new Promise(resolve => signal.addEventListener('abort', () => resolve(), {once: true})),
    },
    () => {},
  )
  const signal = new AbortController().signal
  const tools = {
    request: {
      v: 1,
      run: RUN,
      file: '/two.ts',
      config: '/c.yaml',
      environment: 'dev',
      params: {},
      secretParams: [],
      plan,
      actor,
      reason: '',
      dryRun: false,
      answers: {yes: true, typed: [], via: 'flag'},
      started: true,
      lockWaitMs: 0,
    },
    runbook: sample,
    journal,
    audit,
    locks,
    answers,
    clock,
    expiryMs: 1000,
    process: {pid: 1, startTicks: 1, bootId: 'b'},
    abort: signal,
    refreeze: () => freeze(clock),
    orphans: () => [],
    whyNotAdmitted: async () => undefined,
    context: () => ({signal}) as unknown as StepContext,
  } as unknown as ExecuteTools
  await executeRun(tools)
  await answers.close()
  journal.close()
  audit.close()
  locks.close()
}

/** A wall clock that jumps with every look; the monotonic one is the real one. */
const jumping = (jumps: readonly number[]): Clock => {
  let look = 0
  const base = Date.UTC(2026, 10, 22, 3, 12)
  return {now: () => Math.max(0, base + (jumps[look++ % jumps.length] ?? 0)), monotonic: () => systemClock.monotonic()}
}

test.each([
  ['an hour forth and back', [0, HOUR, -HOUR]],
  ['to 1970 and back', [0, -Number.MAX_SAFE_INTEGER]],
  ['always backwards', Array.from({length: 500}, (_, n) => -n * 60_000)],
  ['to the far future', [0, 400 * 365 * 24 * HOUR]],
])('when the clock jumps %s, order is by sequence and no duration is negative', async (_what, jumps) => {
  const clock = jumping(jumps)
  await carryOut(clock)
  const {events} = readEvents(path.join(stateDir, 'journal'))
  expect(events.map(event => event.seq)).toEqual(events.map((_, index) => index + 1))
  expect(events.at(-1)).toMatchObject({type: 'run-ended', outcome: 'undone'})
  const durations = events.flatMap(event => ('durationMs' in event ? [event.durationMs] : []))
  expect(durations.length).toBeGreaterThan(4)
  expect(durations.filter(ms => ms < 0 || ms > 60_000)).toEqual([])
  const state = readRunState(path.join(stateDir, 'journal'), RUN)
  expect(state.steps.map(view => view.state)).toEqual(['undone', 'undone', 'failed'])
  const report = writeMarkdown(makeReport(state, null), '')
  const table = runsText([runRow({...state, lost: false, inFlight: []})], clock.now())
  for (const text of [report, table]) expect(text).not.toMatch(/(^|[\s|])-\d/)
  const audit = openAuditLog({stateDir, actor, clock, redact: text => text})
  expect(audit.verify()).toMatchObject({verdict: 'VERIFIED', breaks: []})
  audit.close()
})

test('an age or a duration is never negative, whatever two moments are compared', () => {
  const moments = [0, 1, -1, 999, 1001, HOUR, -HOUR, Date.UTC(1970), Date.UTC(2026), Date.UTC(9999)]
  for (const then of moments)
    for (const now of moments) {
      expect(formatAge(then, now)).toMatch(/^(just now|in \d+(\.\d+)?\w+|\d+(\.\d+)?\w+ ago)$/)
      expect(formatDuration(now - then)).not.toContain('-')
    }
})
