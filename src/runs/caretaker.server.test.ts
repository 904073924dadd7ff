import {existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {afterAll, expect, test} from 'vitest'
import {openLiveConfig} from '../config/live.ts'
import type {Config} from '../config/schema.ts'
import {forgetfulMemory} from '../kinds/memory.ts'
import {forgetfulRecords} from '../kinds/records.ts'
import {releaseSchema} from '../releases/config.ts'
import {noteControl} from '../releases/controls/record.ts'
import {noteKept} from '../releases/left.ts'
import {createRedactor} from '../text/redact.ts'
import {openCaretaker} from './caretaker.ts'

const directory = mkdtempSync(path.join(tmpdir(), 'caretaker-'))
afterAll(() => {
  for (const pid of begun()) process.kill(pid, 'SIGKILL')
  rmSync(directory, {recursive: true, force: true})
})

const release = {
  ...releaseSchema.parse({
    name: 'web',
    traffic: {type: 'haproxy', socket: '/none', backend: 'none'},
    instances: {type: 'command', deploy: ['none'], stop: ['none']},
    slots: ['blue', 'green'].map(name => ({name, instances: [{name: `${name}-1`, url: `http://${name}`}]})),
  }),
  environment: 'shop',
}

/** A program that says that it has begun, and then never answers and hears no TERM. */
const entry = path.join(directory, 'hangs.mjs')
const began = path.join(directory, 'began')
const begun = (): readonly number[] => readFileSync(began, 'utf8').trim().split('\n').map(Number)
writeFileSync(
  entry,
  `import {appendFileSync} from 'node:fs'
process.on('SIGTERM', () => {})
appendFileSync(${JSON.stringify(began)}, process.pid + '\\n')
setInterval(() => {}, 1000)`,
)

test('an agent that is to stop does not wait for a run that never begins, and begins no other', async () => {
  const memory = forgetfulMemory()
  noteKept(memory, 'release/shop/web', {slot: 'blue', version: '1.0', until: 1, run: 'r-1', ended: null})
  let now = 1000
  const caretaker = openCaretaker({
    clock: {now: () => now, monotonic: () => now},
    config: () => ({file: 'none.yaml', releases: [release]}) as unknown as Config,
    memory,
    records: forgetfulRecords(),
    options: {entry, cwd: directory, env: process.env},
    redactor: createRedactor(),
    stateDir: directory,
  })
  const stop = new AbortController()
  const tending = caretaker.tend(stop.signal)
  await expect.poll(() => existsSync(began), {timeout: 20_000}).toBe(true)
  stop.abort()
  expect(await tending).toMatchObject([
    {begun: false, message: expect.stringContaining('blue of web is not ended yet')},
  ])
  now += 60_000
  expect(await caretaker.tend(new AbortController().signal)).toEqual([])
  expect(begun()).toHaveLength(1)
}, 60_000)

test('it tends what the configuration in force has, not the one that it began with', async () => {
  const file = path.join(directory, 'opsconsole.yaml')
  const write = (releases: readonly object[]): void =>
    writeFileSync(file, JSON.stringify({project: 'shop', environments: [{name: 'shop'}], releases}))
  const {environment, name, slots} = release
  const entryOf = {environment, name, slots, traffic: release.traffic, instances: {...release.instances, timeout: '1s'}}
  write([])
  const live = openLiveConfig({file, cwd: directory, env: {}, admit: () => {}})
  const memory = forgetfulMemory()
  noteKept(memory, 'release/shop/web', {slot: 'blue', version: '1.0', until: 1, run: 'r-1', ended: null})
  const refuses = path.join(directory, 'refuses.mjs')
  writeFileSync(refuses, 'process.exit(1)')
  const caretaker = openCaretaker({
    clock: {now: () => 1000, monotonic: () => 1000},
    config: live.config,
    memory,
    records: forgetfulRecords(),
    options: {entry: refuses, cwd: directory, env: process.env},
    redactor: createRedactor(),
    stateDir: directory,
  })
  const {signal} = new AbortController()
  expect(await caretaker.tend(signal)).toEqual([])
  write([entryOf])
  expect(live.reload(true, () => []).outcome).toBe('taken')
  expect(await caretaker.tend(signal)).toMatchObject([
    {begun: false, message: expect.stringContaining('blue of web is not ended yet')},
  ])
}, 60_000)

test('a control whose time is over is taken off by a run, and tried again soon while it cannot be', async () => {
  const records = forgetfulRecords()
  const web = {environment: 'shop', name: 'web'}
  noteControl(records, web, {
    id: 'block:/export',
    control: {kind: 'block', what: '/export'},
    at: 0,
    until: 5_000,
    run: 'r-7',
  })
  const said = path.join(directory, 'said')
  const refuses = path.join(directory, 'says.mjs')
  writeFileSync(
    refuses,
    `import {appendFileSync} from 'node:fs'
appendFileSync(${JSON.stringify(said)}, JSON.stringify(process.argv.slice(2)) + '\\n')
process.exit(1)`,
  )
  let now = 1_000
  const caretaker = openCaretaker({
    clock: {now: () => now, monotonic: () => now},
    config: () => ({file: 'none.yaml', releases: [release]}) as unknown as Config,
    memory: forgetfulMemory(),
    records,
    options: {entry: refuses, cwd: directory, env: process.env},
    redactor: createRedactor(),
    stateDir: directory,
  })
  const {signal} = new AbortController()
  expect(await caretaker.tend(signal)).toEqual([])
  const tries: number[] = []
  for (now = 5_000; now <= 120_000; now += 5_000) if ((await caretaker.tend(signal)).length > 0) tries.push(now)
  expect(tries).toEqual([5_000, 20_000, 50_000, 110_000])
  const calls = readFileSync(said, 'utf8').trim().split('\n')
  expect(calls).toHaveLength(tries.length)
  expect(JSON.parse(calls[0] ?? '')).toEqual(
    expect.arrayContaining([
      'end-traffic-control',
      'release=web',
      'control=block:/export',
      '--confirm',
      'shop',
      '--detach',
    ]),
  )
}, 120_000)
