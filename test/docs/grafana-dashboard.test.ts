import {spawnSync} from 'node:child_process'
import {mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import {afterAll, expect, test} from 'vitest'
import {freePorts} from '../../src/lab/ports.ts'
import {createProgram, until} from '../program/program.ts'

interface Dashboard {
  readonly panels: readonly {readonly title: string; readonly targets: readonly {readonly expr: string}[]}[]
}

const FILE = path.resolve(import.meta.dirname, '../../packaging/grafana/opsconsole.json')
const dashboard = JSON.parse(readFileSync(FILE, 'utf8')) as Dashboard
const expressions = dashboard.panels.flatMap(({targets}) => targets.map(({expr}) => expr))
const dir = mkdtempSync(path.join(os.tmpdir(), 'ops-dashboard-'))
afterAll(() => rmSync(dir, {recursive: true, force: true}))

/** What a real agent exports that has found a fault and told a channel of it. */
async function exported(): Promise<string> {
  const [port = 0, closed = 0] = await freePorts(2)
  const program = createProgram({
    config: `project: shop
environments: [{name: prod}]
services:
  - {name: agent, interval: 1s, probe: {type: tcp, host: 127.0.0.1, port: ${port}}, objective: {availability: 99%}}
  - {name: web, interval: 1s, probe: {type: tcp, host: 127.0.0.1, port: ${closed}}}
alerts: {failureThreshold: 1, channels: [{name: log, type: file, path: notified.log}]}
`,
  })
  const agent = program.start('agent', '--listen', `127.0.0.1:${port}`)
  try {
    return await until('what it exports', async () => {
      const text = await fetch(`http://127.0.0.1:${port}/metrics`).then(
        answer => answer.text(),
        () => '',
      )
      const whole = /_notifications_total\{.*sent/.test(text) && /target_latency_seconds\{.*agent/.test(text)
      return whole && text
    })
  } finally {
    agent.kill('SIGTERM')
    await agent.ended
    program.remove()
  }
}

test('every expression of the dashboard has an answer over what a real agent exports', async () => {
  const text = await exported()
  const series = [...text.matchAll(/^([a-z_]+(?:\{.*\})?) (-?[\d.]+(?:e[-+]?\d+)?)$/gm)].map(
    ([, name = '', value = '']) => ({
      series: name.includes('{') ? name.replace('{', '{instance="a",') : `${name}{instance="a"}`,
      values: `${Number(value)}x40`,
    }),
  )
  expect(series.length).toBeGreaterThan(40)
  const tested = [...expressions, 'opsconsole_no_such_metric'].map(expr => ({expr, eval_time: '8m', exp_samples: []}))
  const tests = [{interval: '15s', input_series: series, promql_expr_test: tested}]
  writeFileSync(path.join(dir, 'tests.yml'), JSON.stringify({rule_files: [], evaluation_interval: '15s', tests}))
  // Each is tested to have no answer: promtool says of each that has one what it is.
  const {stdout, stderr} = spawnSync('promtool', ['test', 'rules', 'tests.yml'], {cwd: dir, encoding: 'utf8'})
  const said = stdout + stderr
  for (const expr of expressions) expect(said).toContain(`expr: ${JSON.stringify(expr)}`)
  expect(said).not.toContain('no_such_metric')
  expect(said).not.toContain('err:')
})
