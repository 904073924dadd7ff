import {afterEach, describe, expect, test} from 'vitest'
import type {OutputLine} from '../../src/runbooks/events.ts'
import {type Driver, openConsole} from './console-driver.ts'
import {deployPlan, FakePort, RUN} from './fake-port.ts'
import {actor, runRow} from './shop-events.ts'

let open: Driver | undefined
afterEach(async () => {
  await open?.stop()
  open = undefined
})

const JSON_LINE = {time: '14:51:09', level: 'error', msg: 'connection refused', host: 'db-1', attempt: 3}
const lines = (count: number): readonly OutputLine[] =>
  Array.from({length: count}, (_, index) => ({
    step: `s${Math.min(3, Math.floor(index / 500))}`,
    stream: 'out',
    text: index === 700 ? JSON.stringify(JSON_LINE) : `line ${index}; ${'wide '.repeat(index % 40)}end${index}.`,
  }))

/** The console at the output of a run that says much. */
async function pager(size: {readonly columns: number; readonly rows: number} = {columns: 100, rows: 30}) {
  const port = new FakePort()
  port.record(RUN, {
    type: 'run-started',
    plan: deployPlan(),
    actor,
    reason: '',
    dryRun: false,
    process: {pid: 1, startTicks: 1, bootId: 'b'},
  })
  port.print(RUN, ...lines(2000))
  port.world = {...port.world, runs: [runRow(RUN, {runbook: 'deploy', state: 'running', endedAt: undefined})]}
  const driver = (open = openConsole({...size, port}))
  await driver.see('PRODUCTION')
  await driver.press('6')
  await driver.see(new RegExp(`attach +opsconsole runs attach ${RUN}`))
  await driver.press('enter')
  await driver.see(/Output .*2000 lines/)
  await driver.press('o')
  await driver.see('▸ line 1999;')
  return {driver, port}
}

const rowOf = (driver: Driver, text: string): string =>
  driver
    .screen()
    .split('\n')
    .find(row => row.startsWith(text)) ?? ''

describe('the output of a run', () => {
  test('opens at its end, follows, and stands still once somebody looks around', async () => {
    const {driver, port} = await pager()
    await driver.see('following')
    await driver.see('step 4/8')
    port.print(RUN, {step: 's3', stream: 'err', text: 'one more'})
    port.changed()
    await driver.see('▸ one more')
    await driver.press('up')
    await driver.see('▸ line 1999;')
    port.print(RUN, {step: 's3', stream: 'out', text: 'and another'})
    port.changed()
    await driver.settled()
    expect(rowOf(driver, '▸')).toContain('line 1999;')
    await driver.press('f')
    await driver.see('▸ and another')
  })

  test('scrolls through all of it, whatever part was read', async () => {
    const {driver} = await pager()
    await driver.press('home')
    await driver.see('▸ line 0;')
    await driver.see('step 1/8')
    for (let page = 0; page < 30; page++) await driver.press('pgdn')
    await driver.see(/▸ line 6\d\d;/)
    await driver.press('end')
    await driver.see('▸ line 1999;')
  })

  test('is searched forwards and back; what was found is marked', async () => {
    const {driver} = await pager()
    await driver.press('/')
    await driver.type('END1240.')
    await driver.press('enter')
    await driver.see('▸ line 1240;')
    await driver.press('home')
    await driver.press('n')
    await driver.see('▸ line 1240;')
    await driver.press('n')
    await driver.see('No END1240. after this line.')
    const y = driver
      .screen()
      .split('\n')
      .findIndex(row => row.startsWith('▸'))
    const cells = driver.terminal.buffer.active.getLine(y)
    const row = cells?.translateToString() ?? ''
    expect(cells?.getCell(row.indexOf('end1240'))?.isInverse()).toBeTruthy()
  })

  test('jumps from step to step', async () => {
    const {driver} = await pager()
    await driver.press('[')
    await driver.see('▸ line 1500;')
    await driver.press('[')
    await driver.see('▸ line 1000;')
    await driver.press(']')
    await driver.see('▸ line 1500;')
    await driver.press(']')
    await driver.see('No other step after this line.')
  })

  test('shows what is cut off: sideways, wrapped, and one line alone', async () => {
    const {driver} = await pager()
    await driver.press('up')
    expect(rowOf(driver, '▸')).not.toContain('end1998.')
    for (let step = 0; step < 8; step++) await driver.press('right')
    await driver.see('end1998.')
    await driver.see('column 129')
    await driver.press('w')
    await driver.see('wrapped')
    await driver.see('end1998.')
    await driver.see('▸ line 1998;')
    await driver.press('enter')
    await driver.gone('line 1997;')
    await driver.see('end1998.')
    await driver.press('esc')
    await driver.see('line 1997;')
  })

  test('JSON is taken apart, with its fields whole', async () => {
    const {driver} = await pager()
    await driver.press('home')
    await driver.press('/')
    await driver.type('refused')
    await driver.press('enter')
    await driver.see('▸ 14:51:09 ERROR connection refused  host=db-1  attempt=3')
    await driver.press('enter')
    await driver.see(/attempt\s+3/)
  })

  test('gives a line to the clipboard, and goes back to the run', async () => {
    const {driver} = await pager()
    await driver.press('y')
    await driver.see('Copied the line')
    const copied = /\x1b\]52;c;([^\x07]*)\x07/.exec(driver.written())?.[1] ?? ''
    expect(Buffer.from(copied, 'base64').toString()).toMatch(/^line 1999; .*end1999\.$/)
    await driver.press('esc')
    await driver.see('leaving this screen does not stop it')
  })

  test('rows of it scroll in the terminal instead of being written again', async () => {
    const {driver, port} = await pager({columns: 80, rows: 40})
    const before = await driver.settled()
    port.print(RUN, {step: 's3', stream: 'out', text: 'the newest line of all'})
    port.changed()
    await driver.see('▸ the newest')
    const written = driver.written().slice(before)
    expect(written).toContain('\x1b[5;')
    expect(written.length).toBeLessThan(700)
  })
})

const REPORT = [
  '# deploy',
  '',
  'It **failed**.',
  '',
  '## Steps',
  '',
  ...Array.from({length: 60}, (_, at) => `${at}. done`),
  '## Follow-up',
  '',
  'Look at green-2.',
]

describe('texts in the pager', () => {
  test('the whole plan: its steps are jumped to, and it is searched', async () => {
    const driver = (open = openConsole({columns: 100, rows: 30}))
    await driver.see('PRODUCTION')
    await driver.press(':')
    await driver.type('run deploy release=web version=2.4.1')
    await driver.press('enter')
    await driver.see('Plan: deploy')
    await driver.wait(1000).press('o')
    await driver.see(/Plan deploy/)
    await driver.see('▸ deploy in production (PROTECTED)')
    await driver.press(']')
    await driver.see(/▸ +1 {2}Check that green is idle and healthy/)
    await driver.press('/')
    await driver.type('blue-1')
    await driver.press('enter')
    await driver.see(/▸ .*haproxy backend app: blue-1/)
    await driver.press('esc')
    await driver.see('Plan: deploy')
  })

  test('the report that a run left: from its beginning, part by part', async () => {
    const {driver, port} = await pager()
    await driver.press('esc')
    await driver.see('leaving this screen does not stop it')
    port.record(RUN, {type: 'run-ended', outcome: 'failed', exitCode: 1, reason: '', durationMs: 9, afterwards: []})
    port.changed()
    await driver.see('report')
    await driver.press('O')
    await driver.see('written when the run has ended')
    port.reports.set(RUN, REPORT.join('\n'))
    await driver.press('O')
    await driver.see('▸ # deploy')
    await driver.press(']')
    await driver.press(']')
    await driver.see('▸ ## Follow-up')
    await driver.press('[')
    await driver.see('▸ ## Steps')
  })
})

describe('logs of instances in the pager', () => {
  const log = (instance: string): readonly OutputLine[] =>
    Array.from({length: 100}, (_, at) => ({
      step: '',
      stream: 'out',
      text: JSON.stringify({time: `03:11:${at % 60}`, level: at === 40 ? 'error' : 'info', msg: `${instance} ${at}`}),
    }))

  test('from a service, a release or an alert; instance by instance, with levels', async () => {
    const port = new FakePort()
    for (const instance of ['blue-1', 'blue-2', 'green-1']) port.print(instance, ...log(instance))
    const driver = (open = openConsole({columns: 100, rows: 30, port}))
    await driver.see('PRODUCTION')
    await driver.press('5')
    await driver.press('l')
    await driver.see(/Logs web blue-1 {2}1\/4 . up/)
    await driver.see('▸ 03:11:39 INFO  blue-1 99')
    await driver.press('/')
    await driver.type('error')
    await driver.press('enter')
    await driver.see('▸ 03:11:40 ERROR blue-1 40')
    await driver.press(']')
    await driver.see(/Logs web blue-2 {2}2\/4/)
    await driver.see('▸ 03:11:39 INFO  blue-2 99')
    await driver.press('[')
    await driver.see('blue-1 99')
    port.trouble = 'docker exited with 1'
    port.changed()
    await driver.see('✘ docker exited with 1')
    await driver.press('esc')
    await driver.see('Releases')
  })

  test('where no release says where they are, the key says so', async () => {
    const driver = (open = openConsole({columns: 100, rows: 30}))
    await driver.see('PRODUCTION')
    await driver.press('1')
    await driver.press('/')
    await driver.type('mail')
    await driver.press('enter')
    await driver.press('l')
    await driver.see('no release is configured for it')
  })
})
