import {type ChildProcess, spawn} from 'node:child_process'
import {existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import {afterAll, beforeAll, expect, test} from 'vitest'
import {processStat} from '../../src/processes/identity.ts'
import {openLockStore} from '../../src/store/locks.ts'
import {openSharedLocks} from '../../src/store/shared-locks/lock-store.ts'
import {systemClock} from '../../src/units/clock.ts'
import {until} from '../program/program.ts'
import {type PostgresServer, startPostgres} from '../servers/postgres.ts'
import {type Kind, openContended} from './lock-kinds.ts'
import {countOf, isFull} from './sample.ts'

const [PROCESSES, RUNS] = isFull('A1') ? [5, 4] : [4, 5]
const ROUNDS = countOf('A1')
/** Holders that are stopped, of each kind, and how many of them at a time. */
const HOLDERS = countOf('A2')
const AT_ONCE = isFull('A2') ? 10 : 4
const EXPIRY_MS = isFull('A2') ? 6000 : 3000
const KINDS: readonly Kind[] = ['local', 'shared']

let postgres: PostgresServer
let dir = ''
const children = new Set<ChildProcess>()
beforeAll(async () => {
  postgres = await startPostgres()
  dir = mkdtempSync(path.join(os.tmpdir(), 'opsconsole-contenders-'))
}, 60_000)
afterAll(async () => {
  for (const child of children) child.kill('SIGKILL')
  rmSync(dir, {recursive: true, force: true})
  await postgres.stop()
})

const placeOf = (kind: Kind): string => (kind === 'local' ? dir : postgres.url)

function startNode(
  file: string,
  args: readonly string[],
): {readonly child: ChildProcess; readonly ended: Promise<unknown>} {
  const child = spawn(process.execPath, [path.join(import.meta.dirname, file), ...args], {stdio: 'inherit'})
  children.add(child)
  const ended = new Promise(resolve => child.once('exit', resolve)).finally(() => children.delete(child))
  return {child, ended}
}

test.each(KINDS)(
  `${PROCESSES * RUNS} contenders in ${PROCESSES} processes, ${ROUNDS} rounds each, %s: never two at once, every holder has a higher fence`,
  {timeout: 7_200_000},
  async kind => {
    const target = path.join(dir, `target-${kind}`)
    const started = Array.from({length: PROCESSES}, (_, index) =>
      startNode('contender.ts', [kind, placeOf(kind), target, `p${index}`, String(RUNS), String(ROUNDS)]),
    )
    expect(await Promise.all(started.map(({ended}) => ended))).toEqual(started.map(() => 0))
    const notes = readFileSync(target, 'utf8').trim().split('\n')
    expect(notes).toHaveLength(PROCESSES * RUNS * ROUNDS * 2)
    let fence = 0
    for (let at = 0; at < notes.length; at += 2) {
      const [verb, run, text] = (notes[at] as string).split(' ')
      expect(verb).toBe('enter')
      expect(notes[at + 1]).toBe(`leave ${run} ${text}`)
      expect(Number(text)).toBeGreaterThan(fence)
      fence = Number(text)
    }
  },
)

/** The whole lines: a file that was just created has none yet. */
const told = (run: string): readonly string[] => {
  const file = path.join(dir, `${run}.told`)
  return existsSync(file) ? readFileSync(file, 'utf8').split('\n').slice(0, -1) : []
}
const go = (run: string, step: number): void => writeFileSync(path.join(dir, `${run}.go-${step}`), '')

/** On a machine that is busy enough a server does not answer in time; whoever asks again is told how it stands. */
const patiently = async <T>(ask: () => Promise<T>): Promise<T> =>
  (
    await until(
      'an answer',
      () =>
        ask().then(
          answer => ({answer}),
          () => undefined,
        ),
      120_000,
    )
  ).answer

/** As a person does it with `lock release`. */
async function takeAway(kind: Kind, run: string): Promise<void> {
  if (kind === 'local') {
    const locks = openLockStore({stateDir: dir, clock: systemClock, hasUnknownStep: () => false})
    const lock = locks.list().find(holder => holder.run === run)
    expect(locks.forceRelease(lock?.lock ?? '')?.run).toBe(run)
    return locks.close()
  }
  const locks = openSharedLocks({
    url: async () => postgres.url,
    address: '',
    expiryMs: EXPIRY_MS,
    clock: systemClock,
    hasEnded: () => false,
  })
  expect((await patiently(() => locks.forceRelease(`l-${run}`)))?.run).toBe(run)
  locks.close()
}

/** A holder is stopped in the middle of a step (or before its first), loses its lock to another, and is continued. */
async function loseWhileStopped(kind: Kind, number: number): Promise<void> {
  const run = `${kind}-${number}`
  const resource = `dev/${run}`
  // Without a step in flight a shared lease that ran out is enough; else it takes a person.
  const steps = kind === 'shared' && number % 2 === 0 ? 0 : 1 + (number % 3)
  const {child, ended} = startNode('lock-holder.ts', [kind, placeOf(kind), dir, run, resource, String(EXPIRY_MS)])
  for (let step = 1; step <= steps; step += 1) go(run, step)
  await until(`${run} to hold it`, () => told(run).length === steps + 1, 120_000)
  child.kill('SIGSTOP')
  await until(`${run} to stand still`, () => processStat(child.pid as number)?.state === 'T')
  const other = openContended(kind, placeOf(kind), `other-${run}`, EXPIRY_MS)
  expect(await patiently(() => other.acquire(resource))).toMatchObject({refused: {run}})
  if (steps > 0) {
    if (kind === 'shared') {
      const why = `with the step "step ${steps}" in flight`
      await until(
        `the lease of ${run} to run out`,
        async () => {
          const answer = await patiently(() => other.acquire(resource))
          expect(answer).toMatchObject({refused: {run}})
          return 'why' in answer && answer.why.includes(why)
        },
        120_000,
      )
    }
    await takeAway(kind, run)
  }
  const fence = await until(
    `${run} to lose it`,
    async () => {
      const answer = await patiently(() => other.acquire(resource))
      return 'held' in answer && answer.held.fence
    },
    120_000,
  )
  const before = told(run)
  expect(fence).toBeGreaterThan(Number(before[0]?.split(' ')[1]))
  go(run, steps + 1)
  go(run, steps + 2)
  child.kill('SIGCONT')
  await ended
  expect(told(run)).toEqual([...before, `lost to other-${run}`])
  await patiently(() => other.release())
  other.close()
}

test.each(KINDS)(
  `${HOLDERS} holders stopped until another has their lock, %s (the lock runbooks alone): continued, none begins a further step`,
  {timeout: 3_600_000},
  async kind => {
    for (let first = 0; first < HOLDERS; first += AT_ONCE)
      await Promise.all(Array.from({length: AT_ONCE}, (_, index) => loseWhileStopped(kind, first + index)))
  },
)
