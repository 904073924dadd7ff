import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import path from 'node:path'
import {afterEach, beforeEach, expect, test} from 'vitest'
import {encodeRecord, readLog} from '../../src/store/append-log.ts'
import {auditFile} from '../../src/store/verify-trail.ts'
import {createProgram, type Program, until} from '../program/program.ts'

let program: Program
beforeEach(() => {
  program = createProgram()
  program.runbook(
    'touch',
    `import {runbook, step} from 'opsconsole'
export default runbook({name: 'touch', summary: 'x', danger: 'safe', plan: () => [
  step({id: 'a', title: 'A', run: async ({$}) => void (await $\`echo a >> truth\`)})]})`,
  )
  program.runbook(
    'waits',
    `import {runbook, step} from 'opsconsole'
export default runbook({name: 'waits', summary: 'x', danger: 'safe', plan: () => [1, 2, 3].map(n =>
  step({id: 's' + n, title: 'S' + n, run: async ({$}) => void (await $\`echo \${n} >> truth; while [ ! -e go ]; do sleep 0.02; done\`)}))})`,
  )
})
afterEach(() => program.remove())

const truth = (): string => {
  const file = path.join(program.dir, 'truth')
  return existsSync(file) ? readFileSync(file, 'utf8') : ''
}
const trail = (): string => auditFile(program.stateDir)
/** Takes a record out, with checksums as they were: only the chain tells. */
const takeOut = (index: number): void =>
  writeFileSync(
    trail(),
    Buffer.concat(
      readLog(trail())
        .records.toSpliced(index, 1)
        .map(({payload}) => encodeRecord(payload)),
    ),
  )

test('a trail that is deleted during a run: no further step runs, and nothing is verified', {
  timeout: 60_000,
}, async () => {
  const running = program.start('run', 'waits', '--yes')
  await until('the first step', () => truth() === '1\n')
  rmSync(trail())
  program.touch('go')
  const {code, stdout, stderr} = await running.ended
  expect(code).not.toBe(0)
  expect(truth()).toBe('1\n')
  expect(existsSync(trail()), stdout + stderr).toBe(false)
  const verified = await program.run('audit', 'verify')
  expect(verified).toMatchObject({code: 10, stdout: expect.stringMatching(/^CANNOT VERIFY/) as string})
})

test('a broken trail is seen by every window, and stops what is new until a reason is typed', {
  timeout: 60_000,
}, async () => {
  const head = async (): Promise<string> =>
    (JSON.parse((await program.run('audit', 'verify', '--json')).stdout) as {head: string}).head
  for (const reason of ['one', 'two']) await program.run('run', 'touch', '--yes', '--reason', reason)
  const kept = await head()
  expect((await program.run('audit', 'verify', '--head', kept)).code).toBe(0)
  takeOut(3)
  expect((await program.run('audit', 'verify')).stdout).toMatch(/^TAMPERED/)
  for (const window of ['doctor', 'status', 'audit list'])
    expect((await program.run(...window.split(' '))).stdout, window).toMatch(/record 4: missing/)
  expect((await program.run('status', '--check')).code).toBe(1)
  for (const change of [
    ['run', 'touch', '--yes'],
    ['alerts', 'ack', 'x'],
    ['lock', 'release', 'x', '--reason', 'r'],
  ])
    expect(await program.run(...change), change.join(' ')).toMatchObject({
      code: 7,
      stderr: expect.stringContaining('the audit trail is broken at record 4') as string,
    })
  expect(truth()).toBe('a\na\n')
  const despite = ['run', 'touch', '--yes', '--despite-broken-trail', 'restored from a copy']
  expect((await program.run(...despite)).code).toBe(0)
  const listed = await program.run('audit', 'list', '--action', 'broken trail accepted')
  expect(listed.stdout).toContain('restored from a copy')
  expect((await program.run('run', 'touch', '--yes')).code).toBe(0)
  expect((await program.run('audit', 'verify', '--head', kept)).stdout).toMatch(/^TAMPERED/)
  expect((await program.run('audit', 'verify', '--head', 'a'.repeat(64))).stdout).toContain('no record has the head')
})

test('flipped bits hide only their own records, and a missing trail beside runs stops everything', {
  timeout: 60_000,
}, async () => {
  await program.run('run', 'touch', '--yes')
  const whole = readFileSync(trail())
  const second = readLog(trail()).records[1]?.offset ?? 0
  writeFileSync(trail(), whole.with(second + 50, (whole[second + 50] as number) ^ 1))
  const seqs = (JSON.parse((await program.run('audit', 'list', '--json')).stdout) as {seq: number}[]).map(
    ({seq}) => seq,
  )
  expect(seqs).toEqual([1, 3, 4, 5, 6])
  const exported = await program.run('audit', 'export')
  expect(exported.stdout.split('\n').filter(Boolean)).toHaveLength(5)
  expect(exported.stderr).toContain('record 2')
  rmSync(trail())
  expect((await program.run('run', 'touch', '--yes')).stderr).toContain('is missing although there is 1 run')
  expect(existsSync(trail())).toBe(false)
  mkdirSync(path.join(program.dir, 'other'))
  expect((await program.run('audit', 'verify', '/no/such/log')).stdout).toMatch(/^CANNOT VERIFY/)
})

test('a verification that has far to go ends at once when it is asked to', async () => {
  // Sparse: it takes no room, and reading it takes far longer than the signal.
  const huge = path.join(program.dir, 'huge')
  writeFileSync(huge, '')
  truncateSync(huge, 200 * 2 ** 30)
  const verify = program.start('audit', 'verify', huge)
  await until('it to read', () => {
    const open = `/proc/${verify.pid}/fd`
    return readdirSync(open).some(name => linkOf(path.join(open, name)) === huge)
  })
  verify.kill('SIGTERM')
  expect(await verify.ended).toMatchObject({signal: 'SIGTERM', stdout: ''})
})

/** A descriptor may be closed before it is looked at. */
function linkOf(descriptor: string): string | undefined {
  try {
    return readlinkSync(descriptor)
  } catch {
    return undefined
  }
}
