import {expect, test} from 'vitest'
import type {Notification} from '../alerts/channels/channel.ts'
import {notificationCounts} from '../alerts/notification-counts.ts'
import {runNoticeSchema} from '../alerts/runs/config.ts'
import type {Undelivered} from '../alerts/letters.ts'
import {forgetfulRecords} from '../kinds/records.ts'
import type {RunRow} from '../runbooks/rows.ts'
import {openRunTeller} from './run-teller.ts'

const row = (state: RunRow['state'], more: Partial<RunRow> = {}): RunRow => ({
  id: 'r-1',
  runbook: 'deploy',
  environment: 'prod',
  actor: 'ann',
  startedAt: 2000,
  endedAt: undefined,
  durationMs: undefined,
  usualMs: undefined,
  state,
  stepIndex: 0,
  stepCount: 1,
  stepTitle: '',
  reason: 'release 1.2',
  dryRun: false,
  exitCode: undefined,
  ...more,
})

function world(
  notices: readonly object[] = [{channels: ['chat'], on: ['started', 'waiting', 'undone', 'failed', 'done']}],
) {
  const records = forgetfulRecords()
  const told: Notification[] = []
  const logged: string[] = []
  const givenUp: Undelivered[] = []
  const counts = notificationCounts()
  const state = {now: 1000, rows: [] as RunRow[], prompt: 'p1', refuses: 0}
  const open = () =>
    openRunTeller({
      notices: () => notices.map(notice => runNoticeSchema.parse(notice)),
      channels: () => [
        {
          name: 'chat',
          severities: ['critical', 'warning', 'info'],
          timeoutMs: 1000,
          deliver: async notification => {
            state.refuses -= 1
            if (state.refuses >= 0) throw new Error('503')
            told.push(notification)
          },
        },
      ],
      rows: () => state.rows,
      prompt: () => state.prompt,
      records,
      clock: {now: () => state.now, monotonic: () => state.now},
      failed: message => void logged.push(message),
      givenUp: letter => void givenUp.push(letter),
      counts,
    })
  let teller = open()
  const tend = async (...rows: readonly RunRow[]): Promise<void> => {
    state.rows = [...rows]
    teller.tend(new AbortController().signal)
    await teller.idle()
  }
  const restart = (): void => {
    teller = open()
  }
  return {tend, told, logged, givenUp, counts, state, restart}
}

test('each thing that becomes of a run is told once, with its id and what to do, through restarts', async () => {
  const {tend, told, state, restart} = world()
  await tend()
  for (const state_ of ['running', 'running', 'waiting', 'waiting'] as const) {
    await tend(row(state_))
    restart()
  }
  state.prompt = 'p2'
  await tend(row('waiting'))
  await tend(row('failed', {endedAt: 3000, reason: 'the check failed'}))
  restart()
  await tend(row('failed', {endedAt: 3000}))
  expect(told.map(({text}) => text)).toEqual([
    'RUN STARTED prod: run of deploy started by ann: release 1.2; watch it: opsconsole runs attach r-1',
    'RUN WAITING prod: run of deploy waiting: release 1.2; answer it: opsconsole runs attach r-1',
    'RUN WAITING prod: run of deploy waiting: release 1.2; answer it: opsconsole runs attach r-1',
    'RUN FAILED prod: run of deploy failed: the check failed; see why: opsconsole runs show r-1',
  ])
  expect(told.at(-1)).toMatchObject({severity: 'critical', state: 'firing', id: 'run/prod/r-1', rule: 'run'})
})

test('what a channel does not take is tried again, later each time, and given up after two hours', async () => {
  const {tend, told, logged, state} = world()
  await tend()
  state.refuses = 3
  const failed = row('undone', {endedAt: 3000})
  await tend(failed)
  await tend(failed)
  expect([told.length, logged]).toEqual([0, ['chat was not told of run r-1: 503']])
  for (const wait of [1000, 5000, 30_000]) {
    state.now += wait
    await tend(failed)
  }
  expect(told).toHaveLength(1)
  state.refuses = Infinity
  const lost = row('lost', {id: 'r-2'})
  await tend(lost)
  for (let minute = 0; minute < 130; minute += 1) {
    state.now += 60_000
    await tend(lost)
  }
  expect(logged.at(-1)).toBe('chat was not told of run r-2, and will not be: 503')
  const count = logged.length
  state.now += 600_000
  await tend(lost)
  expect(logged).toHaveLength(count)
})

test('runs of before, dry runs, and what nobody wants to hear are not told', async () => {
  const {tend, told} = world([{channels: ['chat'], runbooks: ['dep*'], environments: ['prod'], on: ['done']}])
  await tend()
  const done = (more: Partial<RunRow>): RunRow => row('done', {endedAt: 3000, ...more})
  await tend(
    done({id: 'r-1', startedAt: 999}),
    done({id: 'r-2', dryRun: true}),
    done({id: 'r-3', runbook: 'rollback'}),
    done({id: 'r-4', environment: 'test'}),
    row('failed', {id: 'r-5'}),
    done({id: 'r-6'}),
  )
  expect(told.map(({id}) => id)).toEqual(['run/prod/r-6'])
})

test('what nobody takes for two hours is kept for a person, and every attempt is counted', async () => {
  const {tend, told, givenUp, counts, state} = world()
  state.rows = []
  await tend()
  state.refuses = 1
  await tend(row('running'))
  state.now += 3000
  await tend(row('running'))
  expect(told).toHaveLength(1)
  state.refuses = 1000
  for (let minute = 0; minute <= 130; minute += 1) {
    await tend(row('failed'))
    state.now += 60_000
  }
  expect(givenUp).toMatchObject([{id: 'run/prod/r-1', channel: 'chat', why: '503', notification: {rule: 'run'}}])
  const list = counts
    .list()
    .map(({outcome, reason, count}) => [outcome, reason, outcome === 'failed' ? count > 10 : count])
  expect(list).toEqual([
    ['failed', 'attempt failed', true],
    ['sent', 'run started', 1],
    ['given up', 'too old', 1],
  ])
})
