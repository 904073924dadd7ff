import {randomUUID} from 'node:crypto'
import {afterAll, beforeAll, describe, expect, test} from 'vitest'
import {type Program, until} from '../program/program.ts'
import {type PostgresServer, startPostgres} from '../servers/postgres.ts'
import {truthOf} from './faulty-run.ts'
import {
  begin,
  createHost,
  endOf,
  holding,
  type HostOptions,
  journalOf,
  killed,
  listed,
  LONG_MS,
  reached,
  released,
  stopped,
  touch,
} from './lock-hosts.ts'
import {countOf} from './sample.ts'

const ROUNDS = countOf('A2 runners')

let postgres: PostgresServer
beforeAll(async () => {
  postgres = await startPostgres()
}, 60_000)
afterAll(async () => {
  for (const program of programs) program.remove()
  await postgres.stop()
})

const programs: Program[] = []
/** Removed after the tests. */
function host(options?: HostOptions): Program {
  const program = createHost(options)
  programs.push(program)
  return program
}

describe.each(['local', 'shared'] as const)('a %s lock', kind => {
  const hosts = (): readonly [Program, Program] => {
    const first = host(kind === 'shared' ? {port: postgres.port} : {})
    return [first, kind === 'shared' ? host({port: postgres.port}) : first]
  }

  test(
    `taken away from a stopped runner in the middle of a step and held by another run, ${ROUNDS} times: the runner begins no further step, undoes nothing, and says who has it`,
    async () => {
      for (let round = 0; round < ROUNDS; round += 1) {
        const [here, there] = hosts()
        const lock = randomUUID()
        const first = await begin(here, lock, '--yes')
        await reached(first, 'one')
        await stopped(first)
        await released(there, await holding(first))
        const second = await begin(there, lock, '--yes')
        await reached(second, 'one')
        touch(first, 'one', 'two', 'three')
        process.kill(first.runner.pid, 'SIGCONT')
        const end = await endOf(first)
        expect(end).toMatchObject({outcome: 'undo failed', exitCode: 4})
        expect(end.reason).toContain(`run ${second.run} of `)
        expect(end.reason).toContain('What was done stays: ONE.')
        expect(truthOf(here, first.run)).toEqual(['one'])
        expect((await listed(there)).filter(each => each.run === second.run)).toHaveLength(kind === 'shared' ? 3 : 2)
        touch(second, 'one', 'two', 'three')
        expect(await endOf(second)).toMatchObject({outcome: 'done'})
      }
    },
    LONG_MS * ROUNDS,
  )

  test(
    'taken away while the run undoes: what was not undone yet stays',
    async () => {
      const [here, there] = hosts()
      const lock = randomUUID()
      const first = await begin(here, lock, '--yes')
      touch(first, 'one')
      await reached(first, 'two')
      await stopped(first)
      await released(there, await holding(first))
      await here.run('runs', 'abort', first.run)
      process.kill(first.runner.pid, 'SIGCONT')
      const end = await endOf(first)
      expect(end).toMatchObject({outcome: 'undo failed', exitCode: 4})
      expect(end.reason).toContain('Undoing TWO was not started, what was done stays')
      expect(end.reason).toContain('nobody holds it now')
      expect(truthOf(here, first.run)).toEqual(['one', 'two'])
    },
    LONG_MS,
  )

  test(
    'of a runner that was killed in the middle of a step is not given away before somebody says what became of it',
    async () => {
      const [here, there] = hosts()
      const lock = randomUUID()
      const first = await begin(here, lock, '--yes')
      await reached(first, 'one')
      await killed(first)
      const held = (await listed(there)).filter(each => each.run === first.run)
      expect(held.length).toBeGreaterThan(0)
      const settle = `opsconsole runs settle ${first.run}`
      const refused = await until(
        'the words',
        async () => {
          const other = await begin(there, lock, '--yes')
          const end = await endOf(other)
          expect(end).toMatchObject({outcome: 'locked', exitCode: 6})
          expect(truthOf(there, other.run)).toEqual([])
          return end.reason.includes(settle) && end.reason
        },
        LONG_MS,
      )
      if (kind === 'shared') expect(refused).toMatch(/step "ONE" in flight.*lock release/)
      touch(first, 'one', 'two', 'three')
      await until('its command to end', async () => {
        const view = JSON.parse((await here.run('runs', 'show', first.run, '--json')).stdout) as {inFlight: string[]}
        return !view.inFlight.some(line => line.startsWith('still running'))
      })
      expect((await here.run('runs', 'settle', first.run, 'done', '--reason', 'looked')).stderr).toBe('')
      expect(await endOf(first)).toMatchObject({outcome: 'done'})
      expect((await listed(there)).filter(each => each.run === first.run)).toEqual([])
      const next = await begin(there, lock, '--yes')
      touch(next, 'one', 'two', 'three')
      expect(await endOf(next)).toMatchObject({outcome: 'done'})
    },
    LONG_MS,
  )
})

test(
  'a half-done run whose lock another took is not taken up, nor ended, before that is given back',
  async () => {
    const program = host()
    const lock = randomUUID()
    const first = await begin(program, lock, '--yes')
    touch(first, 'one')
    await reached(first, 'two')
    const claim = (await listed(program)).find(each => each.resource === `run/${first.run}`)
    const kept = await program.run('lock', 'release', claim?.lock ?? '', '--reason', 'in the way')
    expect(kept).toMatchObject({code: 6, stderr: expect.stringContaining('ends with it') as string})
    await killed(first)
    await released(program, await holding(first))
    const second = await begin(program, lock, '--yes')
    await reached(second, 'one')
    touch(first, 'two', 'three')
    const settle = (): ReturnType<Program['run']> =>
      program.run('runs', 'settle', first.run, 'done', '--reason', 'looked')
    const refused = await until('its command to end', async () => {
      const ended = await settle()
      return !ended.stderr.includes('still running') && ended
    })
    expect(refused.code).toBe(6)
    expect(refused.stderr).toContain(`held by run ${second.run}`)
    touch(second, 'one', 'two', 'three')
    expect(await endOf(second)).toMatchObject({outcome: 'done'})
    expect((await settle()).stderr).toBe('')
    expect(await endOf(first)).toMatchObject({outcome: 'done'})
    expect(truthOf(program, first.run)).toEqual(['one', 'two', 'three'])
  },
  LONG_MS,
)

test(
  `a runner stopped past its shared lease before its first step, ${ROUNDS} times: another host takes over, and it begins nothing`,
  async () => {
    for (let round = 0; round < ROUNDS; round += 1) {
      const [here, there] = [host({port: postgres.port}), host({port: postgres.port})]
      const lock = randomUUID()
      const first = await begin(here, lock, '-p', 'asks=true', '--console')
      const asked = await until(
        'the question',
        () =>
          journalOf(here, first.run).find(event => event.type === 'prompt-opened' && event.prompt.step !== undefined),
        LONG_MS,
      )
      await stopped(first)
      const second = await begin(there, lock, '--yes', '--lock-wait', '2m')
      await reached(second, 'one')
      if (asked.type === 'prompt-opened') await here.run('runs', 'answer', first.run, asked.prompt.id, 'yes')
      process.kill(first.runner.pid, 'SIGCONT')
      const end = await endOf(first)
      expect(end).toMatchObject({outcome: 'locked', exitCode: 6})
      expect(end.reason).toContain(`run ${second.run} of `)
      expect(end.reason).toContain('nothing was changed')
      expect(truthOf(here, first.run)).toEqual([])
      touch(second, 'one', 'two', 'three')
      expect(await endOf(second)).toMatchObject({outcome: 'done'})
    }
  },
  LONG_MS * ROUNDS,
)
