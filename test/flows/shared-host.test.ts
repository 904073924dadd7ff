import {spawnSync} from 'node:child_process'
import {chmodSync, chownSync, mkdirSync, readdirSync, renameSync, statSync, symlinkSync, writeFileSync} from 'node:fs'
import path from 'node:path'
import {afterAll, beforeAll, describe, expect, test} from 'vitest'
import {createProgram, eventsOf, type Program} from '../program/program.ts'

/** People of one host: accounts that need no name, in one group of their own. */
const [ADA, GRACE, STRANGER, TEAM] = [61001, 61002, 61003, 61100]
const canBecome =
  process.getuid?.() === 0 && spawnSync('setpriv', ['--reuid=61001', '--clear-groups', 'true']).status === 0

let program: Program
beforeAll(() => {
  program = createProgram({
    config: 'project: shop\nenvironments: [{name: dev}]\npolicy: {approvals: [{runbook: ship, expires: 5m}]}\n',
  })
  program.runbook(
    'ship',
    `import {runbook, step} from 'opsconsole'
export default runbook({name: 'ship', summary: 'Ship', danger: 'disruptive',
  plan: () => [step({id: 'ship', title: 'Ship', run: async ({$}) => { await $\`echo shipped\` }})]})`,
  )
  chmodSync(program.dir, 0o755)
})
afterAll(() => program.remove())

interface Spoken {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** The umask is the strict one of many hosts: modes must not depend on it. */
function as(uid: number, groups: readonly number[], ...argv: readonly string[]): Spoken {
  const who = [`--reuid=${uid}`, `--regid=${uid}`, groups.length > 0 ? `--groups=${groups.join()}` : '--clear-groups']
  const ended = spawnSync('setpriv', [...who, 'sh', '-c', 'umask 077; exec "$@"', 'sh', ...argv], {
    cwd: program.dir,
    env: {...program.env, HOME: '/nonexistent'},
    encoding: 'utf8',
  })
  return {code: ended.status, stdout: ended.stdout, stderr: ended.stderr}
}
const ops = (uid: number, ...args: readonly string[]): Spoken =>
  as(uid, uid === STRANGER ? [] : [TEAM], process.execPath, program.cli, ...args)

const waiting = (uid: number): string => {
  const {stdout, stderr} = ops(uid, 'run', 'ship', '--yes', '--json')
  const run = eventsOf(stdout)[0]?.['run']
  if (typeof run !== 'string') throw new Error(`it did not begin: ${stdout}${stderr}`)
  return run
}

describe.runIf(canBecome)('a host where everybody has an account', () => {
  test('a private state directory is told to another account as what it is, not as damage', async () => {
    const run = String(eventsOf((await program.run('run', 'ship', '--yes', '--json')).stdout)[0]?.['run'])
    for (const args of [
      ['runs', 'approve', run],
      ['runs', 'list'],
      ['runs', 'show', run],
    ]) {
      const {code, stderr} = ops(STRANGER, ...args)
      expect({args, code}).toEqual({args, code: 2})
      expect(stderr).toMatch(
        /not permitted\. \S+\/state belongs to root \(uid 0\), group 0, mode 700; you are uid 61003/,
      )
      expect(stderr).toContain('docs/security.md')
      expect(stderr).not.toContain('damaged')
    }
  })

  describe('and a state directory of their group', () => {
    beforeAll(() => {
      renameSync(program.stateDir, `${program.stateDir}.private`)
      mkdirSync(program.stateDir)
      chownSync(program.stateDir, 0, TEAM)
      chmodSync(program.stateDir, 0o2770)
    })

    test('one starts, another approves, a third account cannot; the trail names who by the kernel', () => {
      const run = waiting(ADA)
      expect(ops(ADA, 'runs', 'approve', run).stderr).toContain('is the person who started the run')
      expect(ops(STRANGER, 'runs', 'approve', run).stderr).toContain('not permitted')
      const approved = ops(GRACE, 'runs', 'approve', run, '--reason', 'looked at it')
      expect(approved.code, approved.stderr).toBe(0)
      const resumed = ops(ADA, 'runs', 'resume', run)
      expect(resumed.code, resumed.stdout + resumed.stderr).toBe(0)
      const trail = ops(GRACE, 'audit', 'list', '--run', run, '--json').stdout
      expect(trail).toContain('looked at it')
      expect(ops(GRACE, 'audit', 'verify').stdout).toContain('VERIFIED')
      expect(ops(ADA, 'doctor').stdout).toContain(`shared with group ${TEAM}`)
    })

    test('either may take up what the other left, and all of it stays with the group', () => {
      const run = waiting(GRACE)
      expect(ops(ADA, 'runs', 'approve', run).code).toBe(0)
      const resumed = ops(ADA, 'runs', 'resume', run)
      expect(resumed.code, resumed.stdout + resumed.stderr).toBe(0)
      const odd = readdirSync(program.stateDir, {recursive: true, encoding: 'utf8'})
        .map(name => ({name, ...modeOf(path.join(program.stateDir, name))}))
        .filter(({group, mode, directory}) => group !== TEAM || mode !== (directory ? 0o2770 : 0o660))
      expect(odd).toEqual([])
    })

    test('a forged approval is refused, whichever way it was made, and the attempt is in the trail', () => {
      const run = waiting(ADA)
      const events = eventsOf(ops(ADA, 'runs', 'attach', run, '--json').stdout)
      const opened = events.findLast(event => event.type === 'prompt-opened')?.['prompt'] as {id: string}
      const by = {name: 'grace', evidence: 'kernel', uid: GRACE, from: 'host', host: 'ops1'}
      const honest = {kind: 'answer', prompt: opened.id, answer: 'approve', reason: '', by, via: 'command', run}
      const inbox = path.join(program.stateDir, 'runs', run, 'inbox')
      const leave = (name: string, request: object, {uid = GRACE, mode = 0o640} = {}): string => {
        const file = path.join(inbox, name)
        writeFileSync(file, JSON.stringify(request))
        chownSync(file, uid, TEAM)
        chmodSync(file, mode)
        return file
      }
      leave('1.json', honest, {uid: ADA})
      leave('2.json', {...honest, run: '20260101-000000-aaaa'})
      leave('3.json', honest, {mode: 0o660})
      symlinkSync(leave('hers', honest), path.join(inbox, '4.json'))
      expect(ops(ADA, 'runs', 'resume', run).code).toBe(8)
      const trail = ops(ADA, 'audit', 'list', '--run', run, '--action', 'request refused', '--json').stdout
      expect(trail).toContain('was written by uid 61001 and claims uid 61002')
      expect(trail).toContain('was made for another run')
      expect(trail).toContain('can be written by others')
      expect(trail).toContain('ELOOP')
      // The same words in a file that is really hers are her word.
      leave('5.json', honest)
      expect(ops(ADA, 'runs', 'resume', run).code).toBe(0)
    })
  })
})

function modeOf(file: string): {readonly group: number; readonly mode: number; readonly directory: boolean} {
  const {gid, mode} = statSync(file)
  return {group: gid, mode: mode & 0o7777, directory: (mode & 0o170000) === 0o040000}
}
