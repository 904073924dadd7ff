import {spawn, type ChildProcess} from 'node:child_process'
import {mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import {DatabaseSync} from 'node:sqlite'
import {afterEach, beforeEach, expect, test} from 'vitest'
import {bootId, identify, isAlive, type ProcessIdentity} from '../../src/processes/identity.ts'
import type {RunEvent, RunEventBody} from '../../src/runbooks/events.ts'
import {commandsInFlight} from '../../src/runbooks/in-flight.ts'
import {openLockStore, type StoredLocks} from '../../src/store/locks.ts'
import {systemClock} from '../../src/units/clock.ts'
import {until} from '../program/program.ts'

let stateDir = ''
let locks: StoredLocks
let unknown: Set<string>
let now: number
const children: ChildProcess[] = []
beforeEach(() => {
  stateDir = mkdtempSync(path.join(os.tmpdir(), 'opsconsole-locks-'))
  unknown = new Set()
  now = Date.now()
  locks = openLockStore({stateDir, clock: {...systemClock, now: () => now}, hasUnknownStep: run => unknown.has(run)})
})
afterEach(() => {
  locks.close()
  for (const child of children.splice(0)) child.kill('SIGKILL')
  rmSync(stateDir, {recursive: true, force: true})
})

const claim = (run: string) => ({resource: 'dev/target', run, actor: 'ada', reason: 'test'})

/** A process that holds the lock and goes on until it is told to end. */
async function startHolder(run: string): Promise<ChildProcess> {
  const code = `
    const {openLockStore} = await import(${JSON.stringify(new URL('../../src/store/locks.ts', import.meta.url).href)})
    const locks = openLockStore({stateDir: process.argv[1], clock: {now: () => Date.now()}, hasUnknownStep: () => false})
    locks.acquire({resource: 'dev/target', run: process.argv[2], actor: 'ada', reason: 'test'})
    console.log('held')
    setInterval(() => {}, 1000)`
  const child = spawn(process.execPath, ['--input-type=module', '-e', code, stateDir, run], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  children.push(child)
  let said = ''
  child.stdout?.on('data', chunk => (said += String(chunk)))
  await until('the holder', () => said.includes('held'))
  return child
}

test('a holder that is stopped keeps its lock, however long; it is let go only when its process has gone', async () => {
  const holder = await startHolder('first')
  holder.kill('SIGSTOP')
  now += 365 * 86_400_000
  const refused = locks.acquire(claim('second'))
  expect(refused).toMatchObject({refused: {run: 'first'}, why: expect.stringContaining('held by run first') as string})
  holder.kill('SIGCONT')
  expect('refused' in locks.acquire(claim('second'))).toBe(true)
  const gone = new Promise(resolve => holder.once('exit', resolve))
  holder.kill('SIGKILL')
  await gone
  const [before] = locks.list()
  const taken = locks.acquire(claim('second'))
  expect('held' in taken && taken.held.fence > (before?.fence ?? 0)).toBe(true)
})

test('a holder that died with a step of which nobody knows keeps its lock until that is settled', async () => {
  const holder = await startHolder('first')
  unknown.add('first')
  const gone = new Promise(resolve => holder.once('exit', resolve))
  holder.kill('SIGKILL')
  await gone
  expect(locks.acquire(claim('second'))).toMatchObject({
    why: expect.stringContaining('opsconsole runs settle first') as string,
  })
  unknown.delete('first')
  expect('held' in locks.acquire(claim('second'))).toBe(true)
})

const self = identify(process.pid) as ProcessIdentity

test.each([
  ['this very process', {}, true],
  ['the same pid before the machine was started again', {bootId: 'another-boot'}, false],
  ['the same pid, taken by a later process', {startTicks: self.startTicks + 1}, false],
  ['a pid that nobody has', {pid: 4_194_304}, false],
])('%s counts as running: %s', (_what, change, alive) => {
  expect(isAlive({...self, ...change})).toBe(alive)
})

test.each([
  ['another boot', {boot_id: 'another-boot'}],
  ['a pid that was reused', {start_ticks: self.startTicks + 7}],
])('a lock from %s is free when nothing is unknown, and kept when something is', (_what, change) => {
  locks.acquire(claim('first'))
  const database = new DatabaseSync(path.join(stateDir, 'locks.db'))
  const [[column, value]] = Object.entries(change) as [[string, string | number]]
  database.prepare(`UPDATE locks SET ${column} = ?`).run(value)
  database.close()
  unknown.add('first')
  expect('refused' in locks.acquire(claim('second'))).toBe(true)
  unknown.delete('first')
  expect('held' in locks.acquire(claim('second'))).toBe(true)
})

test('a lock of another host is never judged from here', () => {
  locks.acquire(claim('first'))
  const database = new DatabaseSync(path.join(stateDir, 'locks.db'))
  database.exec("UPDATE locks SET host = 'elsewhere', pid = 1, start_ticks = 1, boot_id = 'another-boot'")
  database.close()
  expect(locks.acquire(claim('second'))).toMatchObject({why: expect.stringContaining('on another host') as string})
})

/** A journal in which one command began, by this process or by what another time left of its pid. */
const journal = (process: ProcessIdentity): readonly RunEvent[] =>
  (
    [
      {type: 'step-started', step: 's', attempt: 1, key: 'r/s', phase: 'run'},
      {type: 'command-started', step: 's', command: 1, text: 'restore it', dryRun: false},
      {type: 'command-process', step: 's', command: 1, process},
    ] satisfies RunEventBody[]
  ).map((body, index) => ({v: 1, seq: index + 1, at: 1, run: '20261122-031200-abcd', ...body}))

test.each([
  ['the process lives', self, undefined, 'running'],
  ['the machine was started again', {...self, bootId: 'another-boot'}, undefined, 'unknown'],
  ['its pid is another process now', {...self, startTicks: self.startTicks + 1}, undefined, 'unknown'],
  ['its exit code was written', {...self, bootId: 'another-boot'}, '3\n', 'finished'],
  ['its exit code was written in part', {...self, bootId: 'another-boot'}, '13', 'unknown'],
])('a command in flight, when %s, is told as it is', (_what, process, exit, fate) => {
  if (exit !== undefined) writeFileSync(path.join(stateDir, '1.exit'), exit)
  expect(commandsInFlight(journal(process), stateDir)[0]).toMatchObject({fate})
  expect(bootId()).not.toBe('another-boot')
})
