import {afterEach, describe, expect, test, vi} from 'vitest'
import type {Driver, DriverOptions} from './console-driver.ts'
import {openConsole} from './console-driver.ts'
import {FakePort, RUN} from './fake-port.ts'
import {forbiddenShop, service, shop} from './shop.ts'

let open: Driver | undefined
const start = (options: DriverOptions = {}): Driver => (open = openConsole(options))
afterEach(async () => {
  await open?.stop()
  open = undefined
})

const lastLine = (driver: Driver): string => driver.screen().split('\n').at(-1) ?? ''

/** From the overview to the screen of a running deploy. */
async function runDeploy(driver: Driver): Promise<void> {
  await driver.see('Services')
  await driver.press('r')
  await driver.see('type to find')
  await driver.type('deplo')
  await driver.press('enter')
  await driver.see('Show the plan')
  await driver.type('2.4.1')
  for (const key of ['enter', 'enter', 'enter', 'enter']) await driver.press(key)
  await driver.see('Plan: deploy')
  driver.wait(1000)
  await driver.press('enter')
  await driver.see('Start deploy?')
  driver.wait(1000)
  await driver.type('production')
  await driver.press('enter')
  await driver.see('Output')
}

describe('the console on a terminal', () => {
  test.each([
    [80, 24],
    [120, 40],
  ])('%d×%d: the overview says where one is, what is on fire and what can be pressed', async (columns, rows) => {
    const driver = start({columns, rows})
    await driver.see('PRODUCTION')
    for (const word of ['1 critical', 'Services', 'Alerts', 'Caches', 'Backups', 'Releases', 'Runs', '✘ down'])
      await driver.see(word)
    expect(lastLine(driver)).toMatch(/open.*filter.*runbooks.*help.*quit/)
    expect(driver.terminal.buffer.active.type).toBe('alternate')
  })

  test('every screen opens by its number and closes with Esc', async () => {
    const driver = start({columns: 120, rows: 40})
    const titles = ['Services', 'Alerts', 'Caches', 'Backups', 'Releases', 'Runs', 'Databases', 'Audit']
    for (const [index, title] of titles.entries()) {
      await driver.press(String(index + 1))
      await driver.see(`╭─ ${title}`)
    }
    await driver.press('esc')
    await driver.see('2 Alerts')
  })

  test('several keys in one write are several keys', async () => {
    const driver = start()
    await driver.see('PRODUCTION')
    await driver.type('1jjj')
    await driver.see('4/6')
  })

  test('a paste is never taken for keys', async () => {
    const driver = start()
    await driver.see('PRODUCTION')
    await driver.paste('rq1')
    await driver.see('Pasted text is ignored here')
    await driver.press('/')
    await driver.paste('check\nout')
    await driver.see('/check out')
  })

  test('from the picker to the plan, the typed confirmation, the run, its question and its end', async () => {
    const driver = start({columns: 120, rows: 40})
    const {port} = driver
    await runDeploy(driver)
    expect(port.asked).toEqual([
      'plan deploy {"release":"web","version":"2.4.1","watch":"5m","smoke":"true"}',
      'start deploy typed=production dry=false reason=',
    ])
    port.print(
      RUN,
      {step: 's2', stream: 'command', text: 'systemctl start app@green-1'},
      {step: 's2', stream: 'out', text: 'started'},
    )
    port.record(RUN, {
      type: 'prompt-opened',
      prompt: {
        id: 'q1',
        step: 's5',
        kind: 'confirm',
        text: 'Move all traffic?',
        touches: ['backend app: green ready'],
        type: undefined,
        choices: ['yes', 'skip', 'abort'],
        fallback: 'abort',
        expiresAt: port.time + 60_000,
      },
    })
    port.changed()
    await driver.see('The run asks: deploy release=web')
    await driver.see('backend app: green ready')
    await driver.see('$ systemctl start app@green-1')
    driver.wait(1000)
    await driver.press('enter')
    await driver.gone('The run asks')
    await driver.press('enter')
    await driver.see('The run asks')
    driver.wait(1000)
    await driver.press('y')
    await driver.see('[ yes ]')
    await driver.press('enter')
    await driver.see('Answered: yes.')
    expect(port.asked.at(-1)).toBe('answer q1 yes')
    port.record(RUN, {
      type: 'run-ended',
      outcome: 'done',
      exitCode: 0,
      reason: '',
      durationMs: 61_000,
      afterwards: ['Tell the team'],
    })
    port.changed()
    await driver.see('Follow-up')
    await driver.press('q')
    const {summary, ending} = await driver.ended
    expect(ending).toBe('quit')
    expect(summary).toBe(
      [
        'deploy in production: done after 1m 1s (exit 0)',
        `    opsconsole runs show ${RUN}`,
        '    follow-up: Tell the team',
      ].join('\n'),
    )
    expect(driver.terminal.buffer.active.type).toBe('normal')
  })

  test('what stays on the screen after leaving breaks at words, and a command stays whole', async () => {
    const port = new FakePort()
    const driver = start({port, columns: 60, rows: 24})
    await runDeploy(driver)
    const way = 'Way back: opsconsole run rollback. 2.4.0 waits on green; it is kept for 1d, then the agent ends it.'
    const ended = {outcome: 'done', exitCode: 0, reason: '', durationMs: 61_000, afterwards: [way]} as const
    port.record(RUN, {type: 'run-ended', ...ended})
    port.changed()
    await driver.see('Follow-up')
    await driver.press('q')
    expect((await driver.ended).summary.split('\n')).toEqual([
      'deploy in production: done after 1m 1s (exit 0)',
      `    opsconsole runs show ${RUN}`,
      '    follow-up: Way back: opsconsole run rollback. 2.4.0',
      '      waits on green; it is kept for 1d, then the agent ends',
      '      it.',
    ])
  })

  test('leaving a run leaves it running: the header keeps it in sight, the farewell tells how to attach', async () => {
    const driver = start({columns: 120, rows: 40})
    await runDeploy(driver)
    await driver.press('d')
    await driver.see('The run continues')
    await driver.see(/running\s+deploy\s+1\/8/)
    await driver.press('R')
    await driver.see('leaving this screen does not stop it')
    await driver.press('ctrl-c')
    const {summary} = await driver.ended
    expect(summary).toContain('continues without this console, 0 of 8 steps done')
    expect(summary).toContain(`opsconsole runs attach ${RUN}`)
  })

  test('scrolling up stops following the output, f follows again', async () => {
    const driver = start({columns: 120, rows: 40})
    await runDeploy(driver)
    const print = (from: number, to: number): void => {
      driver.port.print(
        RUN,
        ...Array.from({length: to - from}, (_, index) => ({
          step: 's2',
          stream: 'out' as const,
          text: `line ${from + index};`,
        })),
      )
      driver.port.changed()
    }
    print(0, 100)
    await driver.see('line 99;')
    await driver.press('pgup')
    await driver.see('newer lines below')
    await driver.gone('line 99;')
    const before = driver.screen().match(/line \d+;/)?.[0]
    print(100, 140)
    await driver.see(/7\d newer lines|6\d newer lines/)
    expect(driver.screen().match(/line \d+;/)?.[0]).toBe(before)
    await driver.press('f')
    await driver.see('line 139;')
  })

  test('a failure of the engine is told in words, with what to do', async () => {
    const port = new FakePort()
    port.plans = async () => {
      throw new Error('HAProxy does not answer on /run/haproxy.sock')
    }
    const driver = start({port})
    await driver.see('PRODUCTION')
    await driver.type('!')
    await driver.see('HAProxy does not answer')
  })

  test('runbooks that are loaded later appear in the open picker', async () => {
    const port = new FakePort()
    const {listed} = port
    port.listed = []
    const driver = start({port})
    await driver.see('PRODUCTION')
    await driver.press('r')
    await driver.see('There are no runbooks.')
    port.listed = listed
    port.changed()
    await driver.see('cache-invalidate')
  })

  test('what cannot be read is told; the last picture stays and comes back to life', async () => {
    const port = new FakePort()
    const driver = start({columns: 120, rows: 40, port})
    await driver.see('PRODUCTION')
    const {audit} = port
    port.audit = () => {
      throw new Error('disk I/O error')
    }
    await driver.press('8')
    await driver.see('Cannot read right now: disk I/O error')
    port.audit = audit
    port.time += 11_000
    port.changed()
    await driver.see('alert acknowledged')
    await driver.gone('disk I/O error')
  })

  test('y puts the run id on the clipboard of the terminal, through tmux when inside it', async () => {
    // Not the tmux of whoever runs the tests: it would take the text itself.
    const tmux = '/nowhere/default,1,0'
    vi.stubEnv('TMUX', tmux)
    const driver = start({columns: 120, rows: 40, env: {TERM: 'tmux-256color', TMUX: tmux, LANG: 'C.UTF-8'}})
    await driver.see('PRODUCTION')
    await driver.press('6')
    await driver.press('y')
    await driver.see('Copied the run')
    expect(driver.written()).toContain(`\x1bPtmux;\x1b\x1b]52;c;${btoa('20261122-021207-backup-7f3a')}\x07\x1b\\`)
  })

  test('ASCII mode writes nothing but ASCII', async () => {
    const driver = start({columns: 120, rows: 40, ascii: true})
    await driver.see('PRODUCTION')
    await driver.press('3')
    await driver.press('j')
    await driver.see('NAMESPACE')
    expect(driver.written()).toMatch(/^[\x00-\x7f]*$/)
  })

  test('without colour no colour is written', async () => {
    const driver = start({noColor: true})
    await driver.see('PRODUCTION')
    await driver.press('2')
    await driver.see('SEVERITY')
    expect(driver.written()).not.toMatch(/\x1b\[(3|4|9|10)\dm/)
  })

  test('a storm of resizes ends in the right frame, from huge to tiny and back', async () => {
    const driver = start({columns: 120, rows: 40})
    await driver.see('PRODUCTION')
    const storm = Array.from({length: 40}, (_, index) =>
      driver.resize(20 + ((index * 37) % 180), 5 + ((index * 13) % 55)),
    )
    await Promise.all(storm)
    await driver.resize(60, 15)
    await driver.see('Services')
    await driver.resize(80, 24)
    await driver.see('2 Alerts')
    const lines = driver.screen().split('\n')
    expect(lines).toHaveLength(24)
    expect(lines[0]).toContain('PRODUCTION')
    expect(lastLine(driver)).toContain('help')
  })
})

describe('cost', () => {
  test('nothing is written when nothing visible changes', async () => {
    const driver = start({columns: 120, rows: 40})
    await driver.see('PRODUCTION')
    await driver.press('1')
    await driver.see('╭─ Services')
    // What is drawn after it can only be what the keys below ask for: the world and the clock stand still.
    await driver.press('j')
    await driver.see('2/6')
    const before = await driver.settled()
    const looked = driver.port.reads
    for (let index = 0; index < 20; index++) driver.port.changed()
    await driver.until('the world to be read again', () => driver.port.reads > looked)
    expect(await driver.settled()).toBe(before)
  })

  test('a tick of the clock costs less than 250 bytes, a moved selection among 500 rows less than 1,500', async () => {
    const port = new FakePort()
    port.world = {...shop, services: Array.from({length: 500}, (_, index) => service(`service-${index}`))}
    const driver = start({columns: 120, rows: 40, port})
    await driver.see('PRODUCTION')
    const before = await driver.settled()
    port.time += 1000
    port.changed()
    await driver.see('03:12:08')
    const tick = (await driver.settled()) - before
    expect(tick).toBeLessThan(250)
    await driver.press('1')
    await driver.see('of 500')
    const opened = await driver.settled()
    await driver.press('j')
    await driver.see(/─ service-1 ─/)
    expect((await driver.settled()) - opened).toBeLessThan(1500)
  })
})

describe('a terminal that is gone', () => {
  test('the console ends by itself, with nothing to print', async () => {
    const driver = start()
    await driver.see('PRODUCTION')
    driver.hangUp()
    expect(await driver.ended).toEqual({summary: '', ending: 'hang-up'})
  })

  test('a signal ends it too, and the terminal is given back', async () => {
    const driver = start()
    await driver.see('PRODUCTION')
    process.emit('SIGTERM')
    expect(await driver.ended).toMatchObject({ending: 'signal'})
    expect(driver.terminal.buffer.active.type).toBe('normal')
  })
})

test('read-only: the header says so, what changes is not offered and is refused', async () => {
  const port = new FakePort()
  port.world = forbiddenShop('policy')
  const driver = start({columns: 120, rows: 40, port})
  await driver.see('READ-ONLY')
  expect(lastLine(driver)).not.toContain('rollback')
  await driver.press('2')
  await driver.press('a')
  await driver.see('Cannot acknowledge: the policy is read-only, which forbids every change.')
})

test('60×15 shows one pane at a time, with the others in sight', async () => {
  const driver = start({columns: 60, rows: 15})
  await driver.see(/Services\s+Alerts\s+Caches/)
  await driver.press('tab')
  await driver.see('✘ 3 firing')
  await driver.press('enter')
  await driver.see('SEVERITY')
})

test('on a slow link what changes by itself waits two seconds, a key does not', async () => {
  const driver = start({slow: true})
  const began = performance.now()
  await driver.see('PRODUCTION')
  await driver.press('6')
  await driver.see('╭─ Runs')
  for (let change = 0; change < 20; change++) {
    driver.port.changed()
    await driver.press('down')
  }
  // One to begin with, one for the screen that was opened, and one each two seconds.
  expect(driver.port.reads).toBeLessThanOrEqual(3 + Math.floor((performance.now() - began) / 2000))
})

describe('a terminal that does not say its size', () => {
  test.each([
    ['80×24', {}, 80, 24],
    ['what the environment says', {COLUMNS: '132', LINES: '43'}, 132, 43],
    ['80×24 where the environment says nonsense', {COLUMNS: '-1', LINES: '99999'}, 80, 24],
  ])('takes %s, and q leaves', async (_, env, columns, rows) => {
    const driver = start({columns, rows, unsized: true, env: {TERM: 'xterm-256color', LANG: 'C.UTF-8', ...env}})
    await driver.see('PRODUCTION')
    expect(lastLine(driver)).toMatch(/open.*help.*quit/)
    await driver.press('q')
    expect(await driver.ended).toMatchObject({ending: 'quit'})
    expect(driver.terminal.buffer.active.type).toBe('normal')
  })

  test('takes the size that is told later', async () => {
    const driver = start({columns: 120, rows: 40, unsized: true})
    await driver.see('PRODUCTION')
    await driver.resize(120, 40)
    await expect.poll(() => lastLine(driver)).toMatch(/open.*help.*quit/)
    await driver.see('2 Alerts')
    await driver.press('\u0003')
    expect(await driver.ended).toMatchObject({ending: 'quit'})
  })
})
