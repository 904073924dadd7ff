import {execFileSync} from 'node:child_process'
import {mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {expect, test} from 'vitest'
import {alertsSchema} from '../../src/alerts/config.ts'
import {openRules} from '../../src/alerts/rules/evaluate.ts'
import {type Alert, alertId, nextAlert} from '../../src/alerts/state.ts'
import {randomFrom} from '../program/random.ts'
import {countOf, seedOr} from './sample.ts'

/** One series and one rule over it: `value > 5` at each evaluation. */
interface Case {
  readonly values: readonly number[]
  readonly forMs: number
  readonly keepMs: number
}
interface Batch {
  readonly intervalMs: number
  readonly cases: readonly Case[]
}

const STEPS = 40
const BATCH = 50
const seconds = (ms: number): string => `${ms / 1000}s`

function batchOf(random: () => number, size: number): Batch {
  const pick = <Of>(list: readonly Of[]): Of => list[Math.floor(random() * list.length)] as Of
  const intervalMs = pick([15_000, 30_000, 60_000])
  // Some are no multiple of the interval, some are shorter than it.
  const wait = (): number => Math.floor((random() * 8 * intervalMs) / 5000) * 5000
  return {
    intervalMs,
    cases: Array.from({length: size}, () => {
      const stays = 0.5 + random() / 2
      let value = pick([1, 9])
      const values = Array.from({length: STEPS}, () => (value = random() < stays ? value : pick([1, 5, 9])))
      return {values, forMs: pick([0, wait()]), keepMs: pick([0, wait()])}
    }),
  }
}

/** At which evaluations it fires, by our rules. */
function firesByUs({values, forMs, keepMs}: Case, intervalMs: number): readonly boolean[] {
  const when = {type: 'threshold', measurement: 'depth', above: 5}
  const rules = openRules(
    alertsSchema.parse({rules: [{name: 'deep', when, for: seconds(forMs), keepFiringFor: seconds(keepMs)}]}),
  )
  const target = {target: 'service/e/x', kind: 'service', environment: 'e', name: 'x', intervalMs} as const
  const base = {...target, state: 'up', since: 0, failures: 0, flapping: false, watchedSince: 0} as const
  let alert: Alert | undefined
  return values.map((depth, step) => {
    const now = step * intervalMs
    const sample = {
      target: target.target,
      at: now,
      status: 'up',
      reason: '',
      latencyMs: 1,
      checks: [],
      values: {depth},
    } as const
    const found = rules.evaluate({...base, sample}, now).find(({rule}) => rule === 'deep')
    if (found) alert = nextAlert(alert, found, target, now).alert
    expect(alert === undefined || alert.id === alertId('deep', target.target)).toBe(true)
    return alert?.state === 'firing'
  })
}

/** The same as a test of Prometheus's own: it fails where Prometheus sees anything else than we do. */
function promtoolTest({intervalMs, cases}: Batch): {readonly rules: object; readonly tests: object} {
  const rules = cases.map(({forMs, keepMs}, index) => ({
    alert: `Deep${index}`,
    expr: `depth_${index} > 5`,
    for: seconds(forMs),
    keep_firing_for: seconds(keepMs),
  }))
  const checks = cases.flatMap((each, index) =>
    firesByUs(each, intervalMs).map((fires, step) => ({
      eval_time: seconds(step * intervalMs),
      alertname: `Deep${index}`,
      ...(fires ? {exp_alerts: [{}]} : {}),
    })),
  )
  const series = cases.map(({values}, index) => ({series: `depth_${index}`, values: values.join(' ')}))
  return {
    rules: {groups: [{name: 'depths', rules}]},
    tests: {
      rule_files: ['rules.json'],
      evaluation_interval: seconds(intervalMs),
      tests: [{interval: seconds(intervalMs), input_series: series, alert_rule_test: checks}],
    },
  }
}

test('L1: series and rules fire when a real Prometheus fires them, at every evaluation', {timeout: 600_000}, () => {
  const random = randomFrom(seedOr(20_261_126))
  const count = countOf('L1')
  const directory = mkdtempSync(path.join(tmpdir(), 'opsconsole-rules-'))
  try {
    let tried = 0
    let firing = 0
    while (tried < count) {
      const batch = batchOf(random, Math.min(BATCH, count - tried))
      const {rules, tests} = promtoolTest(batch)
      writeFileSync(path.join(directory, 'rules.json'), JSON.stringify(rules))
      writeFileSync(path.join(directory, 'tests.json'), JSON.stringify(tests))
      const said = execFileSync('promtool', ['test', 'rules', 'tests.json'], {cwd: directory, encoding: 'utf8'})
      expect(said).toContain('SUCCESS')
      tried += batch.cases.length
      firing += batch.cases.filter(each => firesByUs(each, batch.intervalMs).includes(true)).length
    }
    // The cases are worth something: most rules fire at some time, not all do.
    expect(firing / tried).toBeGreaterThan(0.5)
    expect(firing / tried).toBeLessThan(0.999)
    console.log(
      `L1: ${tried} series and rules, ${tried * STEPS} evaluations, 0 differences from promtool; ${firing} fired`,
    )
  } finally {
    rmSync(directory, {recursive: true, force: true})
  }
})
