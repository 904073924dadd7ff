import {expect, test} from 'vitest'
import type {RunbookRow} from '../../runbooks/rows.ts'
import type {CommandContext} from '../command.ts'
import {checkRunbooks} from './runbooks.ts'

const row = (name: string, over: Partial<RunbookRow> = {}): RunbookRow => ({
  name,
  file: `/srv/${name}.js`,
  shipped: true,
  summary: name,
  description: '',
  danger: 'safe',
  problem: undefined,
  params: [],
  ...over,
})
const check = (...rows: readonly RunbookRow[]) =>
  checkRunbooks({engine: () => ({runbooks: async () => rows})} as unknown as CommandContext)

test('runbooks that load are counted', async () => {
  expect(await check(row('deploy'), row('mine', {shipped: false}))).toMatchObject([
    {name: 'runbooks', status: 'ok', detail: '2 load, 1 of them shipped'},
  ])
})

test('each that does not load has failed, in one line, and is named', async () => {
  expect(
    await check(row('deploy'), row('mine', {shipped: false, problem: 'mine.ts does not load:\nno x'})),
  ).toMatchObject([{name: 'runbook mine', status: 'failed', detail: expect.not.stringContaining('\n') as string}])
})

test('a package without its runbooks has failed', async () => {
  expect(await check(row('mine', {shipped: false}))).toMatchObject([{name: 'runbooks', status: 'failed'}])
})

test('a schedule, a rule or a policy that names a runbook or a parameter that is not there has failed', async () => {
  const param = (name: string, required: boolean) =>
    ({name, required, type: 'string', choices: [], fallback: undefined, description: '', secret: false}) as const
  const rows = [row('backup', {params: [param('backup', true), param('verify', false)]})]
  const config = () => ({
    schedules: [
      {name: 'good', runbook: 'backup', params: {backup: 'shop'}},
      {name: 'typo', runbook: 'bakup', params: {}},
      {name: 'short', runbook: 'backup', params: {verfy: true}},
    ],
    alerts: {
      rules: [{name: 'slow', runbook: {name: 'backup', params: {name: 'x'}}}, {name: 'plain'}],
      auto: [{name: 'heal', runbook: {name: 'restrat', params: {}}}, {name: 'plain'}],
    },
  })
  const context = {engine: () => ({runbooks: async () => rows}), config} as unknown as CommandContext
  expect((await checkRunbooks(context)).map(({name, detail}) => `${name}: ${detail}`)).toEqual([
    'runbooks: 1 load, 1 of them shipped',
    'schedule typo: there is no runbook bakup',
    'schedule short: backup has no parameter verfy; backup needs backup',
    'rule slow: backup has no parameter name',
    'policy heal: there is no runbook restrat',
  ])
})
