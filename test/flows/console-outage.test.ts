import {afterAll, beforeAll, expect, test} from 'vitest'
import {addFaults, clearFaults} from '../../src/lab/faults.ts'
import {expectSoundTrail, FLIPS, type LabProgram, startLabProgram} from '../program/lab-program.ts'
import {openTerminal, type TerminalProgram} from '../program/terminal.ts'

let shop: LabProgram
let console: TerminalProgram
beforeAll(async () => {
  shop = await startLabProgram({rps: 20})
  console = openTerminal(shop.program, {columns: 120, rows: 40})
}, 180_000)
afterAll(async () => {
  await console.stop()
  await shop.stop()
}, 120_000)

const allUp = async (): Promise<void> => {
  console.press('0')
  await console.see(/1 Services ─+ 8 ─/)
  for (const service of ['web', 'products', 'load-', 'postgres', 'redis'])
    await console.see(new RegExp(`│ ${service}\\S*\\s+● up`))
  await console.see(/│ 5 Releases|╭─ 5 Releases ─+ 1 ─/)
}

/** Every screen, help, the command line and the picker: all of them answer their key. */
async function keysAreAnswered(): Promise<void> {
  const screens = ['Services', 'Alerts', 'Caches', 'Backups', 'Releases', 'Runs', 'Databases', 'Audit']
  for (const [index, title] of screens.entries()) {
    console.press(String(index + 1))
    await console.see(`╭─ ${title}`)
  }
  console.press('0')
  await console.see('╭─ 1 Services')
  console.press('?')
  await console.see('Help')
  console.press('esc')
  await console.see('╭─ 1 Services')
  console.press('r')
  await console.see('type to find')
  console.press('esc')
  await console.see('╭─ 1 Services')
}

test('Redis, PostgreSQL and HAProxy are killed one after the other: each is shown down, and keys are answered', async () => {
  await allUp()
  await addFaults(shop.lab.plan, ['redis-down'], Date.now())
  await console.see(/│ redis\s+✘ down/)
  await addFaults(shop.lab.plan, ['postgres-down'], Date.now())
  await console.see(/│ postgres\s+✘ down/)
  await keysAreAnswered()
  await addFaults(shop.lab.plan, ['haproxy-down'], Date.now())
  await console.see('✘ 6 down · ▲ 2 degraded of 8')
  await console.see(/5 Releases ─+ ✘ 1 down of 1/)
  await console.see(/7 Databases ─+ ✘ 1 down · ▲ 1 degraded of 2/)
  await console.see(/3 Caches ─+ ✘ 1 down of 1/)
  await keysAreAnswered()
}, 240_000)

test('since when it is down and when it was looked at is shown; what nobody can know is not guessed', async () => {
  console.press('1')
  await console.see(/│\s+redis\s+✘ down\s+\d+s /)
  await console.see(/last probed\s+\d\d:\d\d:\d\d \((now|\d+s ago)\)/)
  console.press('7')
  await console.see('Inside')
  for (const unknown of [/size\s+–/, /replica lag\s+–/, /last WAL\s+–/]) await console.see(unknown)
  console.press('5')
  await console.see(/live\s+unknown/)
  await console.see(/blue {2}◌ no data/)
  await console.see(/blue-1\s+\S+ \w+( \w+)?\s+no data\s+–/)
}, 120_000)

test('a runbook runs while everything is down, and its run is recorded', async () => {
  const ended = await shop.unattended('diagnose')
  expect(ended.code, ended.stdout + ended.stderr).toBe(0)
  for (const wrong of ['service redis is down', 'service postgres is down']) expect(ended.stdout).toContain(wrong)
  console.press('6')
  await console.see(/diagnose\s.*done|done.*diagnose/)
}, 120_000)

test('when they are back, everything recovers by itself', async () => {
  await clearFaults(shop.lab.plan, [])
  await allUp()
}, 120_000)

test('a Redis that accepts and never answers is down too, and recovers', async () => {
  await addFaults(shop.lab.plan, ['redis-hung'], Date.now())
  await console.see(/│ redis\s+✘ down/)
  await keysAreAnswered()
  await clearFaults(shop.lab.plan, [])
  await allUp()
}, 120_000)

test('nothing was ever thrown to the screen, and the terminal is given back', async () => {
  console.press('q')
  expect(await console.ended).toEqual({code: 0, signal: 0})
  expect({alternate: console.alternate(), cursor: console.cursorShown()}).toEqual({alternate: false, cursor: true})
  const thrown = /\n\s+at .*:\d+:\d+|\(file:|node:internal|\.mjs:\d+|Unhandled|\[object|\bundefined\b|\bNaN\b/
  expect(console.raw().match(thrown)?.[0]).toBeUndefined()
}, 60_000)

test(`the trail of all this verifies, and a flipped byte is found and named (${FLIPS})`, () =>
  expectSoundTrail(shop.program))
