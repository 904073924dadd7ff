import {spawnSync} from 'node:child_process'
import {linkSync, lstatSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync} from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import {afterEach, beforeEach, expect, test} from 'vitest'
import type {Plan} from '../../runbooks/plan.ts'
import {metricsOfRun, writeMetricsFile} from './metrics-file.ts'

let dir: string
beforeEach(() => {
  dir = mkdtempSync(path.join(os.tmpdir(), 'ops-metrics-file-'))
})
afterEach(() => rmSync(dir, {recursive: true, force: true}))

const state = (runbook: string) => ({
  plan: {runbook, environment: 'production'} as Plan,
  startedAt: 1_700_000_000_000,
  endedAt: 1_700_000_012_500,
  durationMs: 12_500,
})

test('promtool finds nothing wrong with it, whatever the names are', () => {
  for (const name of ['deploy', 'odd "name"\\\n']) {
    const input = metricsOfRun(state(name), {outcome: 'undo failed', exitCode: 4})
    const {error, status, stdout, stderr} = spawnSync('promtool', ['check', 'metrics'], {input, encoding: 'utf8'})
    expect({error, status, said: stdout + stderr}).toEqual({error: undefined, status: 0, said: ''})
  }
})

test('it says when, how long and how the run ended', () => {
  const samples = metricsOfRun(state('deploy'), {outcome: 'undone', exitCode: 3})
    .split('\n')
    .filter(line => line.startsWith('opsconsole'))
  const labels = 'runbook="deploy",environment="production"'
  expect(samples).toEqual([
    `opsconsole_last_run_start_timestamp_seconds{${labels}} 1700000000`,
    `opsconsole_last_run_end_timestamp_seconds{${labels}} 1700000012.5`,
    `opsconsole_last_run_duration_seconds{${labels}} 12.5`,
    `opsconsole_last_run_success{${labels}} 0`,
    `opsconsole_last_run_exit_code{${labels}} 3`,
    `opsconsole_last_run_outcome{${labels},outcome="undone"} 1`,
  ])
})

test.each([
  [false, 0o600],
  [true, 0o644],
])('others may read it only where that was asked for (%s), also over one that was there', (readable, mode) => {
  const file = path.join(dir, 'run.prom')
  writeFileSync(file, 'before', {mode: readable ? 0o600 : 0o644})
  const former = lstatSync(file).ino
  writeMetricsFile({file, readable}, 'after')
  expect([readFileSync(file, 'utf8'), lstatSync(file).mode & 0o777]).toEqual(['after', mode])
  // Another file took its name: whoever reads gets the whole of one of them.
  expect(lstatSync(file).ino).not.toBe(former)
  expect(readdirSync(dir)).toEqual(['run.prom'])
})

test('a link in its place stays, and what it leads to is as it was', () => {
  const [victim, link, hard] = ['victim', 'link', 'hard'].map(name => path.join(dir, name)) as [string, string, string]
  writeFileSync(victim, 'mine')
  symlinkSync(victim, link)
  expect(() => writeMetricsFile({file: link, readable: true}, 'x')).toThrow(/is a link/)
  expect(lstatSync(link).isSymbolicLink()).toBe(true)
  linkSync(victim, hard)
  writeMetricsFile({file: hard, readable: true}, 'x')
  expect([readFileSync(victim, 'utf8'), readFileSync(hard, 'utf8')]).toEqual(['mine', 'x'])
  expect(readdirSync(dir).sort()).toEqual(['hard', 'link', 'victim'])
})

test('nothing is left where it cannot be written', () => {
  expect(() => writeMetricsFile({file: path.join(dir, 'none/run.prom'), readable: false}, 'x')).toThrow(/ENOENT/)
  expect(() => writeMetricsFile({file: dir, readable: false}, 'x')).toThrow(/not a plain file/)
  expect(readdirSync(dir)).toEqual([])
})
