import {expect, test} from 'vitest'
import {prepareRun} from '../../authoring/testing/memory-run.ts'
import {runText} from './show.ts'
import {runbook} from '../../runbooks/define.ts'
import {executeRun} from '../../runbooks/execute.ts'
import {hosts} from '../../runbooks/hosts.ts'
import {makeReport, writeMarkdown} from '../../runbooks/report.ts'

const fleet = runbook({
  name: 'fleet',
  summary: 'Many hosts',
  danger: 'disruptive',
  onFailure: 'leave',
  plan: () =>
    hosts({id: 'r', title: 'Restart', why: 'w', names: ['web-1', 'web-2', 'web-3'], batch: 2}, async ({$}) => {
      await $`restart`
    }),
})

test('a run over hosts is told with a line a host, in `runs show` and in its report', async () => {
  const {tools} = await prepareRun(fleet, {
    exec: text => (text.includes('web-2') ? {exitCode: 1, stderr: 'no | such unit'} : ''),
  })
  await executeRun(tools)
  const state = tools.journal.state()
  const report = makeReport(state, null)
  expect(report.hosts?.map(({step, host, state: at}) => [step, host, at])).toEqual([
    ['r 1', 'web-1', 'done'],
    ['r 1', 'web-2', 'failed'],
    ['r 2', 'web-3', 'pending'],
  ])
  const lines = writeMarkdown(report, '').split('\n')
  expect(lines).toContain('## Hosts: 1 done, 1 failed, 1 not started')
  expect(lines.find(line => line.startsWith('| web-2 | failed | '))).toContain(String.raw`no \| such unit`)
  expect(lines).toContain('| web-3 | not started | – | r 2 |  |')
  const shown = runText({...state, lost: false, inFlight: []})
  expect(shown).toMatch(/^ +done +\d+ms +web-1/m)
  expect(shown).toMatch(/^ +failed +\d+ms +web-2 +.*no \| such unit/m)
  expect(shown).toMatch(/^ +not started +web-3/m)
})
