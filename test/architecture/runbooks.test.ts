import {spawnSync} from 'node:child_process'
import {readdirSync} from 'node:fs'
import path from 'node:path'
import {expect, test} from 'vitest'
import {ROOT} from './sources.ts'

const names = readdirSync(path.join(ROOT, 'runbooks'))
  .filter(file => file.endsWith('.ts') && !file.endsWith('.test.ts'))
  .map(file => file.replace(/\.ts$/, ''))

test.each(names)('the shipped runbook %s loads in plain Node, and is called like its file', name => {
  const script = `const {default: runbook} = await import('./runbooks/${name}.ts')
    console.log(JSON.stringify({kind: runbook.kind, name: runbook.name, danger: runbook.danger, plan: typeof runbook.plan, summary: runbook.summary}))`
  const {stdout, stderr} = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
    cwd: ROOT,
    encoding: 'utf8',
  })
  expect(stderr).toBe('')
  const loaded = JSON.parse(stdout) as {summary: string; danger: string}
  expect(loaded).toMatchObject({kind: 'runbook', name, plan: 'function'})
  expect(['safe', 'disruptive', 'destructive']).toContain(loaded.danger)
  expect(loaded.summary.length).toBeGreaterThan(10)
})

test('the runbooks of the main job are shipped', () => {
  expect(names).toEqual(
    expect.arrayContaining(['backup', 'cache-invalidate', 'deploy', 'diagnose', 'dr-drill', 'restore', 'rollback']),
  )
})
