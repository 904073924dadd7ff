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
