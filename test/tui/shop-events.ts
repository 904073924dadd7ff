import type {Undelivered} from '../../src/alerts/letters.ts'
import type {AlertRow} from '../../src/alerts/rows.ts'
import type {AuditRecord} from '../../src/audit/record.ts'
import type {Actor} from '../../src/identity/actor.ts'
import type {RunRow, RunbookRow} from '../../src/runbooks/rows.ts'

/** What happened in the made-up shop: alerts, runs, runbooks, records. All screen tests live at this moment. */
export const NOW = new Date(2026, 10, 22, 3, 12, 7).getTime()
export const SECOND = 1000
export const MINUTE = 60 * SECOND
export const HOUR = 60 * MINUTE
export const DAY = 24 * HOUR

export const actor: Actor = {
  name: 'alice',
  evidence: 'sshd',
  uid: 1001,
  loginUid: 1001,
  from: 'ssh 10.0.0.5',
  host: 'ops-1',
  sshKey: 'SHA256:nThbg6kXUpJWGl7E1IGOCspRomTxdCARLviKw6E5SY8',
}

function alert(id: string, change: Partial<AlertRow>): AlertRow {
  return {
    id,
    rule: 'down',
    severity: 'critical',
    target: 'service/production/checkout',
    environment: 'production',
    state: 'firing',
    summary: 'checkout is down: connect ECONNREFUSED 10.0.3.7:8080',
    since: NOW - 3 * MINUTE,
    firedAt: NOW - 2 * MINUTE,
    resolvedAt: undefined,
    acknowledged: undefined,
    runbook: {name: 'diagnose', params: {service: 'checkout'}},
    deliveries: [
      {channel: 'team-chat', state: 'delivered', at: NOW - 118 * SECOND},
      {channel: 'pager', state: 'failed: HTTP 503, next try in 30s', at: NOW - 60 * SECOND},
    ],
    ...change,
  }
}

export const alerts: readonly AlertRow[] = [
  alert('a1', {}),
  alert('a2', {
    rule: 'degraded',
    severity: 'warning',
    target: 'service/production/api',
    summary: 'api is slow: answered in 1.9s, slower than 1s',
    since: NOW - 4 * MINUTE,
    acknowledged: {by: 'bob', at: NOW - MINUTE, note: 'looking at the query plan'},
  }),
  alert('a3', {
    rule: 'hit rate',
    severity: 'warning',
    target: 'cache/production/pages',
    summary: 'hit rate of pages is 41%, below 50%',
    since: NOW - 22 * MINUTE,
    runbook: undefined,
  }),
  alert('a4', {
    rule: 'backup age',
    severity: 'warning',
    target: 'backup/production/media-weekly',
    state: 'resolved',
    summary: 'media-weekly is older than its RPO',
    since: NOW - 9 * HOUR,
    resolvedAt: NOW - 2 * HOUR,
    runbook: undefined,
  }),
]

/** A notification of a run that was given up. */
export function letter(run: string, change: Partial<Undelivered> = {}): Undelivered {
  const id = `run/production/${run}`
  const at = new Date(NOW - 5 * HOUR).toISOString()
  return {
    id,
    channel: 'pager',
    environment: 'production',
    at: NOW - 3 * HOUR,
    why: 'HTTP 503',
    notification: {
      version: 1,
      id,
      rule: 'run',
      severity: 'critical',
      target: 'runbook/production/deploy',
      environment: 'production',
      state: 'firing',
      summary: 'run of deploy failed',
      reason: 'failed: smoke test /cart answered 500',
      text: `RUN FAILED production: run of deploy failed: smoke test /cart answered 500; see why: opsconsole runs show ${run}`,
      flapping: false,
      fallbackFor: null,
      since: at,
      firedAt: at,
      resolvedAt: at,
      sentAt: at,
      test: false,
      others: [],
    },
    ...change,
  }
}

export function runRow(id: string, change: Partial<RunRow> = {}): RunRow {
  return {
    id,
    runbook: 'backup',
    environment: 'production',
    actor: 'schedule',
    startedAt: NOW - 75 * MINUTE,
    endedAt: NOW - 72 * MINUTE,
    durationMs: 190 * SECOND,
    usualMs: 185 * SECOND,
    state: 'done',
    stepIndex: 6,
    stepCount: 6,
    stepTitle: '',
    reason: '',
    dryRun: false,
    exitCode: 0,
    ...change,
  }
}

export const runs: readonly RunRow[] = [
  runRow('20261122-021207-backup-7f3a'),
  runRow('20261121-164410-deploy-19bc', {
    runbook: 'deploy',
    actor: 'bob',
    startedAt: NOW - 11 * HOUR,
    endedAt: NOW - 11 * HOUR + 4 * MINUTE,
    durationMs: 241 * SECOND,
    state: 'undone',
    reason: 'smoke test /cart answered 500',
    exitCode: 3,
  }),
  runRow('20261121-101500-drill-55d0', {
    runbook: 'dr-drill',
    actor: 'alice',
    startedAt: NOW - 17 * HOUR,
    endedAt: NOW - 16 * HOUR,
    durationMs: 366 * SECOND,
  }),
  runRow('20261120-091200-deploy-aa01', {
    runbook: 'deploy',
    actor: 'alice',
    startedAt: NOW - 42 * HOUR,
    endedAt: NOW - 41 * HOUR,
    durationMs: 214 * SECOND,
  }),
]

const param = (name: string, change: Partial<RunbookRow['params'][number]> = {}): RunbookRow['params'][number] => ({
  name,
  type: 'string',
  choices: [],
  required: true,
  fallback: undefined,
  description: '',
  secret: false,
  ...change,
})

function runbook(name: string, danger: RunbookRow['danger'], change: Partial<RunbookRow>): RunbookRow {
  return {
    name,
    danger,
    summary: '',
    description: '',
    file: `runbooks/${name}.ts`,
    shipped: true,
    problem: undefined,
    params: [],
    ...change,
  }
}

export const runbooks: readonly RunbookRow[] = [
  runbook('deploy', 'disruptive', {
    summary: 'Blue-green: start the new version in the idle slot, test it, move traffic, watch it',
    description:
      'Use it for every ordinary release. Traffic moves only after health checks and smoke tests, and moves back by itself when errors rise.',
    params: [
      param('release', {type: 'choice', choices: ['web'], description: 'which release'}),
      param('version', {description: 'version to deploy, such as 2.4.1'}),
      param('watch', {required: false, fallback: '5m', description: 'how long to watch after the switch'}),
      param('smoke', {type: 'boolean', required: false, fallback: 'true', description: 'run the smoke tests'}),
    ],
  }),
  runbook('rollback', 'disruptive', {
    summary: 'Bring the previous version back: drain, switch, verify',
    params: [param('release', {type: 'choice', choices: ['web'], description: 'which release'})],
  }),
  runbook('backup', 'safe', {
    summary: 'Take a backup: dump, compress, encrypt, verify, catalogue',
    params: [param('backup', {type: 'choice', choices: ['shop-daily', 'media-weekly']})],
  }),
  runbook('restore', 'destructive', {
    summary: 'Restore a backup into a new database and swap it in',
    params: [param('backup'), param('entry', {required: false})],
  }),
  runbook('dr-drill', 'safe', {summary: 'Restore the newest backup into a scratch server and measure RTO and RPO'}),
  runbook('cache-invalidate', 'disruptive', {
    summary: 'Delete the keys of an event, in small batches',
    params: [param('event')],
  }),
  runbook('diagnose', 'safe', {
    summary: 'Read everything about one service; changes nothing',
    params: [param('service')],
  }),
  runbook('old-failover', 'destructive', {
    summary: 'Fail over to the replica',
    shipped: false,
    problem: 'line 14: "promote" is not exported by ../lib/pg.ts',
  }),
]

function audited(seq: number, ageMs: number, change: Partial<AuditRecord>): AuditRecord {
  return {
    v: 1,
    seq,
    at: NOW - ageMs,
    actor,
    prev: 'a3f1c09d5be27748a3f1c09d5be27748a3f1c09d5be27748a3f1c09d5be27748',
    action: 'command',
    target: 'release:web',
    environment: 'production',
    phase: 'intent',
    ...change,
  }
}

/** Oldest first, as the log has it. */
export const audit: readonly AuditRecord[] = [
  audited(4180, 11 * HOUR, {
    action: 'run started',
    target: 'deploy web 2.4.1',
    run: '20261121-164410-deploy-19bc',
    reason: 'ticket 812',
  }),
  audited(4181, 11 * HOUR, {
    action: 'confirmation',
    phase: 'decision',
    outcome: 'yes',
    target: 'switch traffic to green',
  }),
  audited(4182, 11 * HOUR, {
    action: 'command',
    command: 'set server app/green-1 state ready',
    step: 'switch',
    run: '20261121-164410-deploy-19bc',
  }),
  audited(4183, 10 * HOUR, {
    action: 'run ended',
    phase: 'outcome',
    outcome: 'failed, undone',
    reason: 'smoke test /cart answered 500',
  }),
  audited(4184, 75 * MINUTE, {
    action: 'run started',
    target: 'backup shop-daily',
    actor: {...actor, name: 'schedule', evidence: 'kernel', from: 'ops-1'},
  }),
  audited(4185, 72 * MINUTE, {action: 'run ended', phase: 'outcome', outcome: 'done', target: 'backup shop-daily'}),
  audited(4186, MINUTE, {
    action: 'alert acknowledged',
    phase: 'decision',
    target: 'service/production/api',
    actor: {...actor, name: 'bob'},
    reason: 'looking at the query plan',
  }),
]
