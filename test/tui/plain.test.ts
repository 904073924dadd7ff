import {afterEach, describe, expect, test} from 'vitest'
import type {Prompt} from '../../src/runbooks/events.ts'
import {FakePort, RUN} from './fake-port.ts'
import {openPlain, type PlainDriver} from './plain-driver.ts'
import {runRow} from './shop-events.ts'
import {forbiddenShop, shop} from './shop.ts'

let open: PlainDriver | undefined
const start = (port = new FakePort()): PlainDriver => (open = openPlain(port))
afterEach(() => {
  open?.close()
  open = undefined
})

/** From the overview to a running deploy, by lines alone. */
async function deploying(driver: PlainDriver): Promise<void> {
  await driver.line('run deploy release=web version=2.4.1')
  await driver.hear('Plan: deploy in production')
  driver.wait(1000)
  await driver.line('start')
  await driver.hear('Type production to confirm')
  await driver.line('production')
  await driver.hear(/^running, deploy release=web version=2\.4\.1/)
}

const question = (port: FakePort, change: Partial<Prompt> = {}): void => {
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
      ...change,
    },
  })
  port.changed()
}

describe('the plain console', () => {
  test('see the fire: the first lines say where one is, what is on fire and since when', async () => {
    const driver = start()
    expect(await driver.hear('production')).toBe('production, protected, shop')
    expect(await driver.hear('critical')).toBe('1 critical, 2 warning, for 22m')
    expect(await driver.hear('firing')).toBe(
      '1 firing critical, service checkout, checkout is down: connect ECONNREFUSED 10.0.3.7:8080, for 3m',
    )
    await driver.line('services')
    await driver.hear(/^1 down, checkout, for 3m/)
    await driver.line('1')
    await driver.hear('reason: connect ECONNREFUSED 10.0.3.7:8080')
    await driver.hear(/^Latency, last 60 probes/)
    await driver.hear(/^from 11ms to 29ms/)
  })

  test('acknowledge: the alert is named before, and the note is one line', async () => {
    const driver = start()
    await driver.line('acknowledge 1')
    await driver.hear('Acknowledge this alert?')
    await driver.hear('critical, service checkout, in production, firing for 3m')
    await driver.line('looking at it')
    await driver.hear('Acknowledged.')
    expect(driver.port.asked).toEqual(['acknowledge a1 (looking at it)'])
  })

  test('silence: how long and why are one line', async () => {
    const driver = start()
    await driver.line('silence 1')
    await driver.hear('Silence this alert?')
    await driver.line('15m moving house')
    await driver.hear('Silenced.')
    expect(driver.port.asked).toEqual(['silence a1 15m (moving house)'])
  })

  test('plan and confirm: what is touched is said, and only the name that is wanted starts it', async () => {
    const driver = start()
    await driver.line('runbooks')
    await driver.hear(/^1 disruptive, deploy/)
    await driver.line('deploy')
    expect(driver.prompt()).toMatch(/^version, required/)
    await driver.line('')
    await driver.hear('version is required')
    await driver.line('2.4.1')
    while (!driver.said().includes('Plan: deploy')) await driver.line('')
    await driver.hear('Plan: deploy in production')
    await driver.hear('to start: type production (production is protected and the runbook is disruptive)')
    await driver.hear(/^3 would change, Start 2\.4\.1 on green-1, undo yes/)
    driver.wait(1000)
    await driver.line('start')
    await driver.hear('haproxy backend app: green-1, green-2 ready')
    await driver.line('')
    await driver.line('yes')
    await driver.hear('Type exactly "production"')
    expect(driver.port.asked.filter(each => each.startsWith('start'))).toEqual([])
    await driver.line('reason the fix for #12')
    await driver.hear('Reason: the fix for #12')
    await driver.line('production')
    await driver.hear(/^running, deploy/)
    expect(driver.port.asked.at(-1)).toBe('start deploy typed=production dry=false reason=the fix for #12')
  })

  test('follow, answer, end: each change of the run is one line, its state first', async () => {
    const driver = start()
    const {port} = driver
    await deploying(driver)
    port.record(RUN, {type: 'step-started', step: 's0', attempt: 1, key: 'k', phase: 'run'})
    port.print(RUN, {step: 's0', stream: 'command', text: 'curl green-1'}, {step: 's0', stream: 'out', text: 'ok'})
    port.changed()
    await driver.hear('command: curl green-1')
    await driver.hear('running, step 1 of 8: Check that green is idle and healthy')
    question(port)
    await driver.hear('The run asks: deploy release=web')
    await driver.hear('backend app: green ready')
    await driver.hear('Type one of: decide later, yes, skip, abort.')
    driver.wait(1000)
    await driver.line('y')
    await driver.hear('Type one of the answers')
    await driver.line('yes')
    await driver.hear('Answered: yes.')
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
    await driver.hear('done, deploy, all steps are done, exit 0')
    await driver.hear('follow-up: Tell the team')
  })

  test('a line that was begun before a question appeared is not taken for its answer', async () => {
    const driver = start()
    await deploying(driver)
    const {port} = driver
    question(port, {choices: ['yes', 'abort']})
    await driver.hear('The run asks')
    driver.wait(-1900)
    await driver.line('yes')
    await driver.hear('A question appeared while you typed')
    expect(port.asked.filter(each => each.startsWith('answer'))).toEqual([])
  })

  test('abort: what is undone and what stays is said first', async () => {
    const driver = start()
    await deploying(driver)
    await driver.line('abort')
    await driver.hear('Stop deploy? PRODUCTION')
    await driver.line('keep running')
    await driver.hear('Closed.')
    await driver.line('abort')
    await driver.hear('Type one of: keep running, stop the run.')
    await driver.line('stop the run')
    await driver.hear('Stop requested.')
    expect(driver.port.asked.at(-1)).toBe(`abort ${RUN}`)
  })

  test('roll back: one word leads to the plan of the way back', async () => {
    const driver = start()
    await driver.line('rollback')
    await driver.hear(/^Planning rollback|^rollback: /)
    expect(driver.port.asked).toEqual(['plan rollback {"release":"web"}'])
  })

  test('detach and come back: the run continues, and its name is said', async () => {
    const driver = start()
    await deploying(driver)
    await driver.line('detach')
    await driver.hear(/The run continues/)
    await driver.line('run')
    await driver.hear(/^running, deploy release=web/)
    await driver.line('quit')
    expect(driver.quits()).toBe(1)
  })

  test('a question of any run calls for attention, once', async () => {
    const driver = start()
    const {port} = driver
    const row = runRow('r9', {runbook: 'restore', state: 'waiting', endedAt: undefined, actor: 'bob'})
    port.world = {...shop, runs: [row, ...shop.runs]}
    port.changed()
    port.changed()
    await driver.hear(/^waiting for an answer, restore, by bob/)
    expect(driver.alarms).toEqual(['restore in production is waiting for an answer'])
  })

  test('what changes is one line: an alert that fires, a service that is down', async () => {
    const driver = start()
    const {port} = driver
    const [alert] = shop.alerts
    if (!alert) throw new Error('the shop has no alerts')
    port.world = {
      ...shop,
      alerts: [{...alert, id: 'new', target: 'service/production/web', summary: 'web is down'}, ...shop.alerts],
      services: shop.services.map(row => (row.name === 'web' ? {...row, state: 'down', reason: 'HTTP 503'} : row)),
    }
    port.changed()
    await driver.hear('firing critical, service web, web is down, for 3m')
    await driver.hear('down, service web, HTTP 503')
  })

  test('read-only: what changes anything is refused with its reason', async () => {
    const port = new FakePort()
    port.world = forbiddenShop('flag')
    const driver = start(port)
    await driver.hear('Read-only')
    await driver.line('acknowledge 1')
    await driver.hear('There is no command')
    expect(port.asked).toEqual([])
  })

  test('nothing is drawn: no frames, no bars, no escape sequences in what is said', async () => {
    const driver = start()
    const nouns = ['services', 'alerts', 'caches', 'backups', 'releases', 'runs', 'databases', 'audit']
    for (const noun of nouns) {
      await driver.line(noun)
      await driver.line('1')
      await driver.line('details')
    }
    await deploying(driver)
    await driver.line('help')
    expect(driver.said()).not.toMatch(/[\u2500-\u25ff\u2800-\u28ff\u001b]/)
    expect(driver.said()).not.toContain('NaN')
  })
})
