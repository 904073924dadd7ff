import {randomUUID} from 'node:crypto'
import {readFileSync} from 'node:fs'
import path from 'node:path'
import {Client} from 'pg'
import {afterAll, beforeAll, describe, expect, test} from 'vitest'
import {isAlive, type ProcessIdentity, processStat} from '../../src/processes/identity.ts'
import {readEvents} from '../../src/store/runs/journal.ts'
import {createProgram, type Program, until} from '../program/program.ts'
import {type Gate, startGate} from '../servers/gate.ts'
import {type PostgresServer, startPostgres} from '../servers/postgres.ts'
import {truthOf} from './faulty-run.ts'

const FULL = process.env['OPSCONSOLE_TEST_FULL'] === '1'
const ROUNDS = FULL ? 10 : 1
const LONG_MS = 120_000

/** Three steps; each waits for its file, so that a test decides when it ends. Undoing leaves a line too. */
const BOOK = `import {runbook, step, z} from 'opsconsole'
const one = id => step({id, title: id.toUpperCase(), why: 'test', targets: [id],
  run: async ({$}) => { await $\`echo \${id} >> "truth-$OPSCONSOLE_RUN"; while [ ! -e "go-\${id}-$OPSCONSOLE_RUN" ]; do sleep 0.02; done\` },
  undo: async ({$}) => { await $\`echo undo \${id} >> "truth-$OPSCONSOLE_RUN"\` }})
export default runbook({name: 'three', summary: 'Three steps', danger: 'disruptive',
  params: z.object({asks: z.boolean().default(false), lock: z.string()}), locks: ({params}) => [params.lock],
  plan: ({params}) => ['one', 'two', 'three'].map((id, n) =>
    ({...one(id), ...(params.asks && n === 0 ? {confirm: {text: 'Go?', touches: []}} : {})}))})`

let postgres: PostgresServer
let gate: Gate
const programs: Program[] = []
beforeAll(async () => {
  postgres = await startPostgres()
  gate = await startGate(postgres.port)
}, 60_000)
afterAll(async () => {
  for (const program of programs) program.remove()
  await gate.stop()
  await postgres.stop()
})

/** A host of its own, as far as a state directory makes one. */
function host(sharedLocks?: {readonly port?: number; readonly expiry?: string}): Program {
  const url = `postgres://postgres@127.0.0.1:${sharedLocks?.port ?? 0}/postgres`
  const section = sharedLocks?.port ? `sharedLocks: {url: '${url}', expiry: ${sharedLocks.expiry ?? '3s'}}\n` : ''
  const program = createProgram({config: `project: shop\nenvironments: [{name: dev}]\n${section}`})
  program.runbook('three', BOOK)
  programs.push(program)
  return program
}

const journalOf = (program: Program, run: string) =>
  readEvents(path.join(program.stateDir, 'runs', run, 'journal')).events

interface Begun {
  readonly program: Program
  readonly run: string
  readonly runner: ProcessIdentity
}

async function begin(program: Program, lock: string, ...flags: string[]): Promise<Begun> {
  const args = ['run', 'three', '-p', `lock=${lock}`, '--detach', '--json', '--reason', 'test', ...flags]
  const {stdout, stderr} = await program.run(...args)
  if (stdout === '') throw new Error(stderr)
  const {run} = JSON.parse(stdout) as {run: string}
  const first = journalOf(program, run)[0]
  if (first?.type !== 'run-started') throw new Error('it has not begun')
  return {program, run, runner: first.process}
}

const touch = ({program, run}: Begun, ...steps: string[]): void => {
  for (const step of steps) program.touch(`go-${step}-${run}`)
}
const reached = (begun: Begun, line: string): Promise<unknown> =>
  until(`${line} of ${begun.run}`, () => truthOf(begun.program, begun.run).includes(line), LONG_MS)

async function endOf({
  program,
  run,
}: Begun): Promise<{exitCode: number; outcome: string; reason: string; afterwards: readonly string[]}> {
  const end = await until(
    `the end of ${run}`,
    () => journalOf(program, run).find(event => event.type === 'run-ended'),
    LONG_MS,
  )
  if (end.type !== 'run-ended') throw new Error('no end')
  return end
}

async function holding({program, run}: Begun): Promise<string> {
  const taken = await until(
    `the lock of ${run}`,
    () => journalOf(program, run).find(event => event.type === 'lock-acquired'),
    LONG_MS,
  )
  return taken.type === 'lock-acquired' ? taken.lock : ''
}

async function stopped({runner}: Begun): Promise<void> {
  process.kill(runner.pid, 'SIGSTOP')
  await until('the runner to stand still', () => processStat(runner.pid)?.state === 'T')
}

async function killed({runner}: Begun): Promise<void> {
  process.kill(runner.pid, 'SIGKILL')
  await until('the runner to be gone', () => !isAlive(runner))
}

const released = async (program: Program, lock: string): Promise<void> => {
  expect(await program.run('lock', 'release', lock, '--reason', 'looked at it')).toMatchObject({code: 0})
}

interface Listed {
  readonly lock: string
  readonly scope: string
  readonly run: string
  readonly step?: string
}
const listed = async (program: Program): Promise<readonly Listed[]> =>
  JSON.parse((await program.run('lock', 'list', '--json')).stdout) as readonly Listed[]

describe.each(['local', 'shared'] as const)('a %s lock', kind => {
  const hosts = (): readonly [Program, Program] => {
    const first = host({port: kind === 'shared' ? postgres.port : 0})
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
      expect(end.reason).toContain('Undoing TWO was not begun, what was done stays')
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
      const held = (await listed(there)).filter(each => each.run === first.run && !each.step?.startsWith('run/'))
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

describe('without the server of the shared locks', () => {
  const away = {shut: () => gate.shut(), hang: () => gate.hang()}

  test.each(['shut', 'hang'] as const)(
    'at the start (%s) a run is refused with the way out, and goes on alone only for a reason',
    async how => {
      const program = host({port: gate.port})
      await gate.open()
      await away[how]()
      const refused = await begin(program, 'start', '--yes')
      const end = await endOf(refused)
      expect(end).toMatchObject({outcome: 'locked', exitCode: 6})
      expect(end.reason).toMatch(/cannot be reached.*would be local.*--local-lock REASON/)
      expect(truthOf(program, refused.run)).toEqual([])
      const list = await program.run('lock', 'list')
      expect(list).toMatchObject({code: 1, stdout: 'No local lock is held.\n'})
      expect(list.stderr).toContain('The shared locks are not among these')
      const alone = await begin(program, 'start', '--yes', '--local-lock', 'the hub is down')
      touch(alone, 'one', 'two', 'three')
      expect(await endOf(alone)).toMatchObject({outcome: 'done'})
      expect(journalOf(program, alone.run).find(event => event.type === 'local-lock')).toMatchObject({
        reason: expect.stringContaining('the hub is down') as string,
      })
      const trail = await program.run('audit', 'list', '--json')
      expect(trail.stdout).toContain('"local lock"')
      await gate.open()
    },
    LONG_MS,
  )

  test(
    'in the middle of a run, and back while its lease lasts: the run goes on and gives its lock back',
    async () => {
      const program = host({port: gate.port, expiry: '10m'})
      await gate.open()
      const begun = await begin(program, randomUUID(), '--yes')
      await reached(begun, 'one')
      await gate.shut()
      touch(begun, 'one')
      await reached(begun, 'two')
      await gate.open()
      touch(begun, 'two', 'three')
      expect(await endOf(begun)).toMatchObject({outcome: 'done', afterwards: []})
      expect((await listed(program)).filter(each => each.run === begun.run)).toEqual([])
    },
    LONG_MS,
  )

  /** Until the lease of three seconds has surely run out for the runner. */
  async function loseServer(begun: Begun): Promise<void> {
    await reached(begun, 'one')
    await gate.shut()
    const since = performance.now()
    await until('the lease to run out', () => performance.now() - since > 4000)
    touch(begun, 'one')
  }

  test(
    'past its lease the run begins no further step, and its lock stays for a person',
    async () => {
      const program = host({port: gate.port})
      await gate.open()
      const lock = randomUUID()
      const begun = await begin(program, lock, '--yes')
      await loseServer(begun)
      const end = await endOf(begun)
      expect(end).toMatchObject({outcome: 'undo failed', exitCode: 4})
      expect(end.reason).toMatch(/nobody can tell whether this run still holds its locks.*What was done stays: ONE\./)
      expect(end.afterwards).toEqual([expect.stringContaining('its shared locks stay')])
      expect(truthOf(program, begun.run)).toEqual(['one'])
      await gate.open()
      const left = (await listed(program)).find(each => each.run === begun.run)
      expect(left).toMatchObject({scope: 'shared', run: begun.run, step: 'ONE'})
      const other = await endOf(await begin(host({port: gate.port}), lock, '--yes'))
      expect(other).toMatchObject({outcome: 'locked', exitCode: 6})
      // Where it is known that the run has ended, nobody needs to be asked.
      const next = await begin(program, lock, '--yes')
      touch(next, 'one', 'two', 'three')
      expect(await endOf(next)).toMatchObject({outcome: 'done'})
    },
    LONG_MS,
  )

  test(
    'past its lease, with --lock-wait, the run waits and goes on once it knows that nobody took its lock',
    async () => {
      const program = host({port: gate.port})
      await gate.open()
      const begun = await begin(program, randomUUID(), '--yes', '--lock-wait', '2m')
      await loseServer(begun)
      await until(
        'it to say that it waits',
        () => journalOf(program, begun.run).some(event => event.type === 'lock-waiting'),
        LONG_MS,
      )
      expect(truthOf(program, begun.run)).toEqual(['one'])
      await gate.open()
      touch(begun, 'two', 'three')
      expect(await endOf(begun)).toMatchObject({outcome: 'done'})
    },
    LONG_MS,
  )
})

test(
  'a role that may not create tables is told so; with the SQL of docs/locks.md it works, with no more rights than that',
  async () => {
    const page = readFileSync(path.resolve(import.meta.dirname, '../../docs/locks.md'), 'utf8')
    const sql = /```sql\n([\s\S]*?)```/.exec(page)?.[1] ?? ''
    const admin = new Client({connectionString: postgres.url})
    await admin.connect()
    try {
      await admin.query('CREATE ROLE opsconsole LOGIN')
      await admin.query('CREATE DATABASE locks')
      const url = `postgres://opsconsole@127.0.0.1:${postgres.port}/locks`
      const program = createProgram({config: `environments: [{name: dev}]\nsharedLocks: {url: '${url}'}\n`})
      programs.push(program)
      program.runbook('three', BOOK)
      const refused = await endOf(await begin(program, 'rights', '--yes'))
      expect(refused).toMatchObject({outcome: 'locked', exitCode: 6})
      expect(refused.reason).toMatch(/permission denied.*docs\/locks\.md/)
      const owner = new Client({connectionString: postgres.url.replace(/postgres$/, 'locks')})
      await owner.connect()
      await owner.query(sql)
      await owner.end()
      const allowed = await begin(program, 'rights', '--yes')
      touch(allowed, 'one', 'two', 'three')
      expect(await endOf(allowed)).toMatchObject({outcome: 'done', afterwards: []})
    } finally {
      await admin.end()
    }
  },
  LONG_MS,
)
