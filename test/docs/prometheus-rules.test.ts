import {execFileSync} from 'node:child_process'
import {mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import {afterAll, expect, test} from 'vitest'
import {parse} from 'yaml'

const RULES = path.resolve(import.meta.dirname, '../../packaging/prometheus/opsconsole.rules.yml')
const dir = mkdtempSync(path.join(os.tmpdir(), 'ops-rules-'))
afterAll(() => rmSync(dir, {recursive: true, force: true}))
const promtool = (...words: string[]): string => execFileSync('promtool', words, {cwd: dir, encoding: 'utf8'})
const {groups} = parse(readFileSync(RULES, 'utf8')) as {
  readonly groups: readonly {readonly rules: readonly {readonly alert: string; readonly expr: string}[]}[]
}
const rules = groups.flatMap(group => group.rules)

test('promtool accepts the rules that are shipped', () => {
  expect(promtool('check', 'rules', RULES)).toContain(`SUCCESS: ${rules.length} rules found`)
})

test('every metric that they name is one that the agent exports', () => {
  const reference = readFileSync(path.resolve(import.meta.dirname, '../../docs/metrics.md'), 'utf8')
  for (const {expr} of rules)
    for (const [metric] of expr.matchAll(/opsconsole_[a-z_]+/g)) expect(reference).toContain(`| \`${metric}\` |`)
})

/** What makes each of them fire at twenty minutes, or after a day; in the other world, in which all is well, none does. */
const WRONG: Readonly<Record<string, readonly string[]>> = {
  OpsconsoleAgentGone: ['up{job="opsconsole"} 0x20'],
  OpsconsoleNobodyWatches: ['opsconsole_lease_held{instance="a"} 0x20'],
  OpsconsoleMonitorTrouble: ['opsconsole_monitor_trouble{instance="a"} 1x20'],
  OpsconsoleProbesLate: ['opsconsole_scheduler_lag_seconds{instance="a"} 9x20'],
  OpsconsoleNotificationsFail: [
    'opsconsole_notifications_total{channel="mail",outcome="failed",reason="attempt failed"} 0+1x20',
  ],
  OpsconsoleTrailBroken: ['opsconsole_trail_broken{instance="a"} 1x20'],
  OpsconsoleRunWaits: ['opsconsole_runs_open{instance="a",state="waiting"} 1x30'],
  OpsconsoleRunFailed: ['opsconsole_runs_ended_total{runbook="deploy",outcome="undo failed"} 0+1x20'],
  OpsconsolePolicyGaveUp: ['opsconsole_auto_gave_up{instance="a",policy="restart-web"} 1x20'],
  OpsconsoleSchedulePaused: ['opsconsole_schedule_paused{environment="e",name="nightly"} 1x1500'],
  OpsconsoleTargetDown: ['opsconsole_target_up{kind="service",environment="e",name="web"} 0x20'],
  OpsconsoleTargetUnknown: ['opsconsole_target_state{kind="service",environment="e",name="web",state="no data"} 1x20'],
  OpsconsoleErrorBudgetBurnsFast: [burning('1h', 15), burning('5m', 20)],
  OpsconsoleErrorBudgetBurns: [burning('6h', 7), burning('30m', 6)],
  OpsconsoleErrorBudgetSpent: [
    'opsconsole_slo_budget_left_ratio{environment="e",name="web",objective="availability"} -0.1x20',
  ],
  OpsconsoleBackupNotProved: [`opsconsole_backup_proof_age_seconds{environment="e",name="shop"} ${36 * 86_400}x20`],
}
const WELL: readonly string[] = [
  'up{job="opsconsole"} 1x20',
  'opsconsole_lease_held{instance="a"} 1x20',
  'opsconsole_monitor_trouble{instance="a"} 0x20',
  'opsconsole_scheduler_lag_seconds{instance="a"} 0.01x20',
  'opsconsole_notifications_total{channel="mail",outcome="sent",reason="firing"} 0+1x20',
  'opsconsole_target_up{kind="service",environment="e",name="web"} 1x20',
  'opsconsole_target_state{kind="service",environment="e",name="web",state="no data"} 0x20',
  'opsconsole_trail_broken{instance="a"} 0x20',
  'opsconsole_runs_open{instance="a",state="running"} 2x20',
  'opsconsole_runs_open{instance="a",state="waiting"} 0x20',
  'opsconsole_runs_ended_total{runbook="deploy",outcome="done"} 0+1x20',
  'opsconsole_auto_gave_up{instance="a",policy="restart-web"} 0x20',
  'opsconsole_schedule_paused{environment="e",name="nightly"} 1x5 0x15',
  'opsconsole_backup_proof_age_seconds{environment="e",name="shop"} 600x20',
  burning('1h', 15),
  burning('5m', 1),
  burning('6h', 5),
  burning('30m', 7),
  'opsconsole_slo_budget_left_ratio{environment="e",name="web",objective="availability"} 0.4x20',
]

function burning(window: string, rate: number): string {
  return `opsconsole_slo_burn_rate{environment="e",name="web",objective="availability",window="${window}"} ${rate}x20`
}

test('each fires in the world that it is about, and none where all is well', () => {
  expect(Object.keys(WRONG)).toEqual(rules.map(({alert}) => alert))
  const inputs = (lines: readonly string[]) =>
    lines.map(line => {
      const at = line.lastIndexOf('} ') + 1
      return {series: line.slice(0, at), values: line.slice(at + 1)}
    })
  // An expression finds something exactly when there is something to tell; promtool's own words say what it found.
  const cases = Object.entries(WRONG).map(([alert, lines]) => ({
    interval: '1m',
    input_series: inputs(alert === 'OpsconsoleAgentGone' ? lines : [...lines, 'up{job="opsconsole"} 1x1500']),
    promql_expr_test: [
      {
        expr: `count(ALERTS{alertname="${alert}",alertstate="firing"})`,
        eval_time: alert === 'OpsconsoleSchedulePaused' ? '1441m' : '20m',
        exp_samples: [{labels: '{}', value: 1}],
      },
    ],
  }))
  const well = {
    interval: '1m',
    input_series: inputs(WELL),
    promql_expr_test: [{expr: 'count(ALERTS)', eval_time: '10m', exp_samples: []}],
  }
  const file = {rule_files: [RULES], evaluation_interval: '1m', tests: [...cases, well]}
  writeFileSync(path.join(dir, 'tests.json'), JSON.stringify(file))
  expect(promtool('test', 'rules', 'tests.json')).toContain('SUCCESS')
})
