/**
 * Writes one state directory as this version leaves it: `node test/reliability/make-golden.ts DIRECTORY`. Each released
 * version's stays under `golden/` for ever; newer ones must open it.
 */
import {mkdirSync, writeFileSync} from 'node:fs'
import path from 'node:path'
import {DatabaseSync} from 'node:sqlite'
import type {Actor} from '../../src/identity/actor.ts'
import type {Plan, PlannedStep} from '../../src/runbooks/plan.ts'
import {openAuditLog} from '../../src/store/audit-log.ts'
import {openLockStore} from '../../src/store/locks.ts'
import {openStore} from '../../src/store/open.ts'
import {createRun, keepPlan, runFiles} from '../../src/store/runs/directory.ts'
import {openJournal} from '../../src/store/runs/journal.ts'
import {openOutput} from '../../src/store/runs/output.ts'

const BEGAN = Date.UTC(2026, 10, 22, 3, 12)
const clock = {now: () => BEGAN, monotonic: () => 0}
const actor: Actor = {name: 'ada', evidence: 'kernel', uid: 1000, loginUid: 1000, from: '10.0.0.7', host: 'ops1'}
const gone = {pid: 4_194_304, startTicks: 1, bootId: '00000000-0000-4000-8000-000000000000'}

const step = (id: string, index: number): PlannedStep => ({
  id,
  index,
  title: `Do ${id}`,
  why: 'because',
  targets: ['service web'],
  forecast: 'would change',
  confirm: undefined,
  manual: undefined,
  skipped: undefined,
  undo: true,
  verify: false,
  readOnly: false,
  timeoutMs: 300_000,
  retries: 0,
  stopCost: '',
  usualMs: undefined,
})

const planOf = (run: string): Plan => ({
  run,
  summary: 'Two steps',
  danger: 'disruptive',
  protected: false,
  runbook: 'two',
  runbookHash: 'a'.repeat(64),
  environment: 'dev',
  params: {service: 'web'},
  facts: {instances: ['web-1', 'web-2']},
  steps: [step('one', 0), step('two', 1)],
  locks: ['dev/two'],
  onFailure: 'undo',
  hash: 'b'.repeat(64),
  start: {kind: 'none', reason: 'it was confirmed'},
  usualMs: undefined,
  at: BEGAN,
})

function makeRun(stateDir: string, run: string, ended: boolean): void {
  const plan = planOf(run)
  const file = '/srv/ops/runbooks/two.ts'
  keepPlan(stateDir, {plan, file, params: plan.params, secretParams: []})
  const files = createRun(stateDir, {
    v: 1,
    run,
    file,
    config: '/srv/ops/opsconsole.yaml',
    environment: 'dev',
    params: plan.params,
    secretParams: [],
    plan,
    actor,
    reason: 'a drill',
    dryRun: false,
    answers: {yes: true, typed: [], via: 'flag'},
    started: true,
    lockWaitMs: 0,
  })
  const journal = openJournal(files.journal, run, {clock})
  const output = openOutput(files, () => journal.state().lastSeq)
  journal.append({type: 'run-started', plan, actor, reason: 'a drill', dryRun: false, process: gone})
  journal.append({type: 'lock-acquired', resource: 'dev/two', lock: 'c0ffee00', fence: 7})
  for (const id of ['one', 'two']) {
    journal.append({type: 'step-started', step: id, attempt: 1, key: `${run}/${id}`, phase: 'run'})
    journal.note({type: 'command-started', step: id, command: 1, text: `echo ${id}`, dryRun: false})
    journal.note({type: 'command-process', step: id, command: 1, process: gone})
    output.line({step: id, stream: 'out', text: `says ${id}: ok`})
    if (id === 'two' && !ended) break
    journal.note({type: 'command-finished', step: id, command: 1, exitCode: 0, signal: null, durationMs: 12, error: ''})
    journal.append({type: 'saved', step: id, key: id, value: {n: 1, text: 'ä\u001b'}})
    journal.append({type: 'step-finished', step: id, phase: 'run', outcome: 'done', reason: '', durationMs: 20})
  }
  if (ended)
    journal.append({type: 'run-ended', outcome: 'done', exitCode: 0, reason: '', durationMs: 61, afterwards: ['look']})
  journal.close()
  output.close()
}

export const ENDED = '20261122-031200-aaaa'
export const LOST = '20261122-031300-bbbb'

export function makeGolden(stateDir: string): void {
  mkdirSync(stateDir, {recursive: true})
  makeRun(stateDir, ENDED, true)
  makeRun(stateDir, LOST, false)
  const audit = openAuditLog({stateDir, actor, clock, redact: text => text})
  for (let n = 0; n < 5; n += 1)
    audit.append({action: 'step', phase: 'intent', target: 'service web', environment: 'dev', run: ENDED, step: 'one'})
  audit.close()
  const locks = openLockStore({stateDir, clock, hasUnknownStep: () => true})
  locks.acquire({resource: 'dev/two', run: LOST, actor: 'ada', reason: 'a drill'})
  locks.close()
  const database = new DatabaseSync(path.join(stateDir, 'locks.db'))
  database
    .prepare('UPDATE locks SET host = ?, pid = ?, start_ticks = ?, boot_id = ?, lock = ?')
    .run('ops1', gone.pid, 1, gone.bootId, 'c0ffee00')
  database.exec('VACUUM; PRAGMA journal_mode = DELETE')
  database.close()
  const store = openStore(stateDir)
  store.database.exec(
    "INSERT INTO meta VALUES ('golden', 'yes'); PRAGMA wal_checkpoint(TRUNCATE); PRAGMA journal_mode = DELETE",
  )
  store.close()
  // What a crash may leave: a spool with an exit code, and the head of a record.
  writeFileSync(path.join(runFiles(stateDir, LOST).spool, '1.exit'), '0\n')
}

if (import.meta.main) makeGolden(process.argv[2] ?? 'golden')
