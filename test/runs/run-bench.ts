import {policySchema} from '../../src/admission/config.ts'
import {type Gate, openGate} from '../../src/admission/gate.ts'
import type {AuditLog} from '../../src/audit/record.ts'
import {mkdtempSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {onTestFinished} from 'vitest'
import {memoryAudit} from '../../src/authoring/testing/memory-ports.ts'
import type {Config} from '../../src/config/schema.ts'
import type {Actor} from '../../src/identity/actor.ts'
import type {RunEventBody} from '../../src/runbooks/events.ts'
import type {Plan, PlannedStep} from '../../src/runbooks/plan.ts'
import type {RunRequest} from '../../src/runbooks/ports.ts'
import {runStore} from '../../src/store/runs/run-store.ts'
import {createRedactor} from '../../src/text/redact.ts'

export const RUN = '20261122-031200-k3f9'
export const NOW = Date.UTC(2026, 10, 22, 3, 12)
export const ada: Actor = {name: 'ada', evidence: 'kernel', uid: 4242, loginUid: 4242, from: 'host', host: 'ops1'}

const step = (id: string, index: number): PlannedStep => ({
  id,
  index,
  title: `Do ${id}`,
  why: '',
  targets: [],
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

export const plan: Plan = {
  run: RUN,
  summary: 'Two steps',
  danger: 'disruptive',
  protected: false,
  runbook: 'two',
  runbookHash: 'a'.repeat(64),
  environment: 'dev',
  params: {service: 'web'},
  facts: {},
  steps: [step('one', 0), step('two', 1)],
  locks: ['dev/two'],
  onFailure: 'undo',
  hash: 'b'.repeat(64),
  start: {kind: 'none', reason: 'it is safe'},
  usualMs: undefined,
  at: NOW,
}

export const request: RunRequest = {
  v: 1,
  run: RUN,
  file: '/srv/ops/runbooks/two.ts',
  config: '/srv/ops/opsconsole.yaml',
  environment: 'dev',
  params: plan.params,
  secretParams: [],
  plan,
  actor: ada,
  reason: 'a drill',
  dryRun: false,
  answers: {yes: true, typed: [], via: 'flag'},
  started: true,
  lockWaitMs: 0,
}

/** The first record of a run whose runner is this process identity, by default one that cannot be alive. */
export const started = (pid = 4_194_304): RunEventBody => ({
  type: 'run-started',
  plan,
  actor: ada,
  reason: 'a drill',
  dryRun: false,
  process: {pid, startTicks: 1, bootId: 'another'},
})

/** A gate over a configuration of which only the policy says something. */
export const gateOf = (audit: AuditLog, {readOnly}: {readonly readOnly: boolean}): Gate =>
  openGate({
    audit: () => audit,
    circumstances: () => ({
      certificatesUnchecked: false,
      brokenTrail: () => undefined,
      despiteBrokenTrail: undefined,
      overrideFreeze: undefined,
      now: () => 0,
      readOnlyFlag: false,
      config: () => ({file: '/srv/ops/opsconsole.yaml', environments: [], policy: policySchema.parse({readOnly})}),
    }),
  })

/** What the life of a run needs, over a temporary state directory and an audit trail in memory. */
export function openRunBench(clock = {now: () => NOW, monotonic: () => 0}) {
  const stateDir = mkdtempSync(path.join(tmpdir(), 'opsconsole-runs-'))
  onTestFinished(() => rmSync(stateDir, {recursive: true, force: true}))
  const runs = runStore(stateDir, clock)
  const audit = memoryAudit(ada, clock)
  const context = {
    stateDir,
    clock,
    redactor: createRedactor(),
    rememberDeclared: async () => {},
    runs: () => runs,
    audit: () => audit,
    gate: gateOf(audit, {readOnly: false}),
    actor: () => ada,
    config: () => ({file: '/srv/ops/opsconsole.yaml'}) as Config,
    options: {env: {}, cwd: stateDir, entry: '/nowhere/cli.ts'},
  }
  return {
    context,
    runs,
    audit,
    /** What a runner of the run writes. */
    write: (...bodies: readonly RunEventBody[]): void => {
      const journal = runs.run(RUN).openJournal(text => text)
      journal.append(...bodies)
      journal.close()
    },
  }
}
