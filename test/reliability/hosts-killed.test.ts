import {mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import path from 'node:path'
import {afterAll, beforeAll, expect, test} from 'vitest'
import type {RunView} from '../../src/runs/engine.ts'
import {readEvents} from '../../src/store/runs/journal.ts'
import {createProgram, type Program, until} from '../program/program.ts'
import {randomFrom} from '../program/random.ts'
import {countOf, seedOr} from './sample.ts'

const KILLS = countOf('U12')
const SEED = seedOr(20261127)
const HOSTS = Array.from({length: 200}, (_, nth) => `web-${nth + 1}`)
const BATCH = 20
const LIMIT = 8
/** Longest life of a runner after its first record. */
const SPAN_MS = 1_200

let program: Program
let dir: string
beforeAll(() => {
  program = createProgram()
  dir = path.join(program.dir, 'hosts')
  const bin = path.join(program.dir, 'bin')
  for (const each of [dir, bin]) mkdirSync(each)
  // In place of 200 machines: the command runs here, as it would there.
  writeFileSync(path.join(bin, 'ssh'), '#!/bin/sh\nwhile [ $# -gt 2 ]; do shift; done\nexec sh -c "$2"\n', {
    mode: 0o755,
  })
  Object.assign(program.env, {PATH: `${bin}:${program.env['PATH']}`})
  program.runbook('fleet', runbookText())
})
afterAll(() => program.remove())

const runbookText = (): string => `import {existsSync, readFileSync} from 'node:fs'
import {hosts, runbook} from 'opsconsole'
const dir = ${JSON.stringify(dir)}
const marks = host => existsSync(dir + '/' + host) ? readFileSync(dir + '/' + host, 'utf8') : ''
export default runbook({
  name: 'fleet', summary: 'Marks 200 hosts', danger: 'disruptive', onFailure: 'leave',
  plan: () => hosts(
    {id: 'mark', title: 'Mark', why: 'w', names: ${JSON.stringify(HOSTS)}, first: 1, batch: ${BATCH}, stopAfter: ${LIMIT},
      onUnknown: 'recheck', verify: async ({host}) => marks(host).endsWith('end\\n')},
    async ({$, host}) => { await $\`echo begin >> \${dir + '/' + host}
      sleep 0.01
      if [ -e \${dir + '/bad-' + host} ]; then echo failed >> \${dir + '/' + host}; exit 1; fi
      echo end >> \${dir + '/' + host}\` }),
})
`

const marksOf = (host: string): string => {
  try {
    return readFileSync(path.join(dir, host), 'utf8')
  } catch {
    return ''
  }
}
const lines = (host: string): string => marksOf(host).trimEnd().replaceAll('\n', ' ')

const shown = async (run: string): Promise<RunView> =>
  JSON.parse((await program.run('runs', 'show', run, '--json')).stdout) as RunView

const runnerOf = (run: string): number => {
  const {events} = readEvents(path.join(program.stateDir, 'runs', run, 'journal'))
  const last = events.findLast(event => event.type === 'run-started' || event.type === 'run-resumed')
  return last && 'process' in last ? last.process.pid : 0
}

async function start(...more: readonly string[]): Promise<string> {
  const {stdout, stderr} = await program.run('run', 'fleet', '--yes', '--detach', '--json', ...more)
  const {run} = JSON.parse(stdout || '{}') as {run?: string}
  if (run === undefined) throw new Error(stdout + stderr)
  return run
}

function killRunner(run: string): void {
  try {
    process.kill(runnerOf(run), 'SIGKILL')
  } catch {
    // It had just ended.
  }
}

/** As a person does it: hosts that say they are done are done; of the others, those without a trace run again, the rest is left out. */
async function takeUp(run: string, before: ReadonlyMap<string, string>): Promise<void> {
  const stuck = await until(
    'the commands of the dead runner to end',
    async () => {
      const resumed = await program.run('runs', 'resume', run)
      return resumed.stderr.includes('still running') ? undefined : resumed
    },
    120_000,
  )
  if (stuck.code === 0 || (await shown(run)).outcome !== undefined) return
  expect(stuck.stderr).toMatch(/unknown/)
  const unknown = (await shown(run)).steps.flatMap(({hosts = []}) => hosts.filter(({state}) => state === 'unknown'))
  expect(unknown.length, stuck.stderr).toBeGreaterThan(0)
  // What a recheck finds done meanwhile is asked about no more: each answer says which are left.
  for (let hosts = unknown.map(({host}) => host); hosts.length > 0; ) {
    // An earlier run may have left its traces there.
    const isUntouched = (host: string): boolean => lines(host) === (before.get(host) ?? '')
    const untouched = isUntouched(hosts[0] ?? '')
    const alike = hosts.filter(host => isUntouched(host) === untouched)
    const said = ['--host', alike.join(','), '--reason', 'looked at the hosts', '--json']
    const {code, stdout, stderr} = await program.run('runs', 'settle', run, untouched ? 'rerun' : 'skip', ...said)
    const others = /Unknown are: ([\w, -]+)/.exec(stdout + stderr)?.[1]?.split(', ')
    if (others === undefined) expect(code, stdout + stderr).toBe(0)
    else expect(stdout + stderr).toContain('not unknown in this run')
    settledAlone += others === undefined ? alike.length : 0
    hosts = [...(others ?? (JSON.parse(stdout) as {readonly unknown?: string[]}).unknown ?? [])]
  }
}

/** Hosts that a person had to look at. */
let settledAlone = 0

/** The run, killed again and again until it has ended or enough were killed. How often it was. */
async function killAndTakeUp(
  run: string,
  random: () => number,
  most: number,
  before: ReadonlyMap<string, string> = new Map(),
): Promise<number> {
  let kills = 0
  for (;;) {
    await new Promise(resolve => setTimeout(resolve, random() * SPAN_MS))
    if (kills < most && (await shown(run)).outcome === undefined) {
      killRunner(run)
      kills += 1
    }
    const view = await until(
      'the run to end, or its runner',
      async () => {
        const now = await shown(run)
        return (now.outcome !== undefined || now.lost) && now
      },
      180_000,
    ).catch(async (error: unknown) => {
      throw new Error(`${String(error)}\n${(await program.run('runs', 'show', run)).stdout}`)
    })
    if (view.outcome !== undefined) return kills
    await takeUp(run, before)
  }
}

test(`U12: a runner over 200 hosts killed at ${KILLS} random points (seed ${SEED}): no host twice, none forgotten, the limit kept`, async () => {
  const random = randomFrom(SEED)
  let [kills, runs, retried, most] = [0, 0, 0, 0]
  while (kills < KILLS) {
    for (const file of readdirSync(dir)) rmSync(path.join(dir, file))
    const bad = runs % 2 === 1 ? [] : HOSTS.filter(() => random() < 0.08)
    for (const host of bad) writeFileSync(path.join(dir, `bad-${host}`), '')
    const run = await start()
    kills += await killAndTakeUp(run, random, KILLS - kills)
    const {outcome, endReason} = await shown(run)
    const where = `run ${runs + 1}, ${run}: ${outcome} ${endReason}`
    const failed = HOSTS.filter(host => lines(host) === 'begin failed')
    for (const host of HOSTS) expect(['', 'begin end', 'begin failed'], `${where}, ${host}`).toContain(lines(host))
    expect(failed.length, where).toBeLessThanOrEqual(LIMIT + BATCH)
    expect(['done', 'failed'], where).toContain(outcome)
    if (bad.length === 0)
      expect(
        HOSTS.filter(host => lines(host) !== 'begin end'),
        where,
      ).toEqual([])
    most = Math.max(most, failed.length)
    const left = HOSTS.filter(host => lines(host) !== 'begin end')
    if (left.length > 0) {
      const before = new Map(left.map(host => [host, lines(host)]))
      for (const host of bad) rmSync(path.join(dir, `bad-${host}`))
      const again = await start('--retry', run)
      kills += await killAndTakeUp(again, random, KILLS - kills, before)
      const end = await shown(again)
      expect(end.outcome, `${where}; again ${again}: ${end.endReason}`).toBe('done')
      for (const host of HOSTS) {
        const expected = before.has(host) ? `${before.get(host)} begin end`.trim() : 'begin end'
        expect(lines(host), `${where}; again ${again}, ${host}`).toBe(expected)
      }
      retried += left.length
    }
    runs += 1
  }
  process.stdout.write(
    `U12: ${kills} kills in ${runs} runs over 200 hosts: no host twice, none forgotten; at most ${most} of ${LIMIT} failed, batches of ${BATCH}; ${retried} hosts retried alone; ${settledAlone} settled one by one\n`,
  )
}, 7_200_000)
