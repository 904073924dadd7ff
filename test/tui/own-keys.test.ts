import {afterEach, describe, expect, test} from 'vitest'
import {keymapOf, type KeySettings} from '../../src/tui/keymap/check.ts'
import type {Driver, DriverOptions} from './console-driver.ts'
import {openConsole} from './console-driver.ts'
import {FakePort} from './fake-port.ts'
import {openPlain} from './plain-driver.ts'
import {forbiddenShop} from './shop.ts'

let close: (() => unknown) | undefined
afterEach(async () => {
  await close?.()
  close = undefined
})

const SETTINGS: KeySettings = {
  keys: {runbooks: ['b'], rollback: [], refresh: 'F'},
  hotkeys: [
    {key: 'g x', label: 'look into', pane: 'services', runbook: 'diagnose', params: {service: '{name}'}},
    {key: 'B', label: 'invalidate', pane: 'caches', runbook: 'cache-invalidate', params: {event: 'of {name}'}},
    {key: 'W', label: 'put out', pane: 'releases', command: 'run deploy release={name} version=2.4.1', params: {}},
    {
      key: 'V',
      label: 'put back',
      pane: 'releases',
      runbook: 'deploy',
      params: {release: '{name}', version: '{previous}'},
    },
    {key: 'M', label: 'all backups', command: 'backups', params: {}},
    {key: 'U', label: 'mistake', runbook: 'diagnoze', params: {}},
  ],
}

function portWith(settings: KeySettings = SETTINGS, port = new FakePort()): FakePort {
  const {keymap, issues} = keymapOf(settings)
  expect(issues.map(({message}) => message())).toEqual([])
  port.keys = keymap
  return port
}

const start = (options: DriverOptions = {}): Driver => {
  const driver = openConsole({columns: 120, rows: 40, port: portWith(), ...options})
  close = () => driver.stop()
  return driver
}

const lastLine = (driver: Driver): string => driver.screen().split('\n').at(-1) ?? ''

describe('other keys', () => {
  test('an action is done by its new key only, and footer, help and messages name it', async () => {
    const driver = start()
    await driver.see('Services')
    expect(lastLine(driver)).toMatch(/ b runbooks /)
    await driver.press('r')
    await driver.press('!')
    await driver.press('b')
    await driver.see('type to find')
    expect(driver.port.asked).toEqual([])
    await driver.press('esc')
    await driver.gone('type to find')
    await driver.press('?')
    await driver.see(/b +Choose a runbook and see its plan/)
    expect(driver.screen()).not.toContain('the plan of the rollback at once')
    await driver.press('esc')
    await driver.press('F')
    expect(driver.port.asked).toEqual(['refresh'])
  })

  test('keys that the file has wrong from now on are told of, and those before stay', async () => {
    const driver = start()
    await driver.see('Services')
    driver.port.keys = {keys: {}, hotkeys: [], ...driver.port.keys, refused: 'keys/sort: should be another key'}
    driver.port.changed()
    await driver.see('keys/sort: should be another key')
    await driver.press('b')
    await driver.see('type to find')
  })
})

describe('keys of your own', () => {
  test('a hotkey plans its runbook with what the selected row says, and only the answer starts it', async () => {
    const driver = start()
    await driver.press('3')
    await driver.see('╭─ Caches')
    expect(lastLine(driver)).toContain(' B invalidate ')
    await driver.press('B')
    await driver.see('Plan: cache-invalidate')
    expect(driver.port.asked).toEqual(['plan cache-invalidate {"event":"of pages"}'])
    driver.wait(1000)
    await driver.press('enter')
    await driver.see('Start cache-invalidate?')
    // Enter alone never starts what asks.
    driver.wait(1000)
    await driver.press('enter')
    expect(driver.port.asked.filter(each => each.startsWith('start'))).toEqual([])
    await driver.type('production')
    await driver.press('enter')
    await driver.until('the start', () => driver.port.asked.some(each => each.startsWith('start cache-invalidate')))
  })

  test('two keys after each other, on the overview too, and only in their pane', async () => {
    const driver = start()
    await driver.see('Services')
    await driver.press('g')
    expect(lastLine(driver)).toMatch(/ x look into *$/)
    await driver.press('x')
    await driver.see('Plan: diagnose')
    expect(driver.port.asked).toEqual(['plan diagnose {"service":"checkout"}'])
    driver.wait(1000)
    await driver.press('esc')
    await driver.press('4')
    await driver.see('╭─ Backups')
    await driver.press('g')
    expect(lastLine(driver)).not.toContain('look into')
  })

  test('a command is filled in and carried out as if it had been typed; help says what each key does', async () => {
    const driver = start()
    await driver.press('5')
    await driver.press('W')
    await driver.see('Plan: deploy')
    expect(driver.port.asked.join()).toMatch(/^plan deploy {"release":"web","version":"2.4.1"/)
    driver.wait(1000)
    await driver.press('0')
    await driver.press('M')
    await driver.see('╭─ Backups')
    await driver.press('?')
    await driver.see(/M +Do :backups/)
  })

  test('one that cannot be done says why', async () => {
    const driver = start()
    await driver.see('Services')
    await driver.press('U')
    await driver.see('Cannot mistake: there is no runbook named diagnoze, did you mean diagnose?')
    const [release] = driver.port.world.releases
    if (!release) throw new Error('the shop has no releases')
    driver.port.world = {
      ...driver.port.world,
      releases: [{...release, rollback: {...release.rollback, version: undefined}}],
    }
    driver.port.changed()
    await driver.press('5')
    await driver.press('V')
    await driver.see('Cannot put back: the selected row has no previous.')
    expect(driver.port.asked).toEqual([])
  })

  test('where nothing may be changed, what would change something is hidden and refused', async () => {
    const port = portWith()
    port.world = forbiddenShop('flag')
    const driver = start({port})
    await driver.press('3')
    await driver.see('╭─ Caches')
    expect(lastLine(driver)).not.toContain('invalidate')
    await driver.press('B')
    await driver.see('Cannot invalidate:')
    await driver.press('1')
    await driver.press('g')
    await driver.press('x')
    await driver.see('Plan: diagnose')
    expect(driver.port.asked).toEqual(['plan diagnose {"service":"checkout"}'])
  })

  test('in plain mode: by its words or its key, with the row that is meant', async () => {
    const driver = openPlain(portWith())
    close = () => driver.close()
    await driver.line('caches')
    await driver.hear(/You can type: .*invalidate/)
    await driver.line('invalidate 2')
    await driver.hear('Plan: cache-invalidate in production')
    expect(driver.port.asked).toEqual(['plan cache-invalidate {"event":"of sessions"}'])
    await driver.line('back')
    await driver.line('b')
    await driver.hear(/^Runbooks: /)
  })
})
