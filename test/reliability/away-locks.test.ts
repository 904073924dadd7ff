import {randomUUID} from 'node:crypto'
import {readFileSync} from 'node:fs'
import path from 'node:path'
import {Client} from 'pg'
import {afterAll, beforeAll, describe, expect, test} from 'vitest'
import {type Program, until} from '../program/program.ts'
import {type Gate, startGate} from '../servers/gate.ts'
import {type PostgresServer, startPostgres} from '../servers/postgres.ts'
import {truthOf} from './faulty-run.ts'
import {
  begin,
  type Begun,
  createHost,
  endOf,
  type HostOptions,
  journalOf,
  listed,
  LONG_MS,
  reached,
  touch,
} from './lock-hosts.ts'

let postgres: PostgresServer
let gate: Gate
beforeAll(async () => {
  postgres = await startPostgres()
  gate = await startGate(postgres.port)
}, 60_000)
afterAll(async () => {
  for (const program of programs) program.remove()
  await gate.stop()
  await postgres.stop()
})

const programs: Program[] = []
/** Removed after the tests. */
function host(options?: HostOptions): Program {
  const program = createHost(options)
  programs.push(program)
  return program
}

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
    'in the middle of a run, and back while its lease lasts: the run continues and gives its lock back',
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
      const program = host({port: postgres.port, role: 'opsconsole', database: 'locks'})
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
