import {spawnSync} from 'node:child_process'
import {chmodSync, chownSync, mkdirSync, readFileSync, writeFileSync} from 'node:fs'
import {afterAll, beforeAll, expect, test} from 'vitest'
import {encodeRecord, readLog} from '../../src/store/append-log.ts'
import {createProgram, eventsOf, type Program, until} from '../program/program.ts'

/** Another account is another person: a file keeps the uid of its writer, and no login. */
const [ADA, GRACE, TEAM] = [61001, 61002, 61100]
const canBecome =
  process.getuid?.() === 0 && spawnSync('setpriv', [`--reuid=${ADA}`, '--clear-groups', 'true']).status === 0

let program: Program
/** Suspended before all others: its twenty seconds pass meanwhile. */
let rushed: {readonly stdout: string; readonly approvedAtOnce: string}
beforeAll(async () => {
  program = createProgram({
    config:
      'project: shop\nenvironments: [{name: dev}]\npolicy: {approvals: [{runbook: ship, expires: 5m}, {runbook: rush, expires: 20s}]}\n',
  })
  chmodSync(program.dir, 0o755)
  mkdirSync(program.stateDir, {recursive: true})
  if (canBecome) chownSync(program.stateDir, 0, TEAM)
  chmodSync(program.stateDir, canBecome ? 0o2770 : 0o700)
  program.runbook(
    'rush',
    `import {runbook, step} from 'opsconsole'
export default runbook({name: 'rush', summary: 'Rush', danger: 'disruptive',
  plan: () => [step({id: 'rush', title: 'Rush', run: async ({$}) => { await $\`touch rushed\` }})]})`,
  )
  program.runbook(
    'ship',
    `import {runbook, step} from 'opsconsole'
export default runbook({name: 'ship', summary: 'Ship', danger: 'disruptive', facts: async ({$}) => ({n: (await $({reads: true})\`cat version 2>/dev/null || echo 1\`).stdout.trim()}),
  plan: ({facts, run}) => [step({id: 'ship', title: 'Ship ' + facts.n, run: async ({$}) => { await $\`echo shipped \${run}\` }})]})`,
  )
  const {stdout} = await program.run('run', 'rush', '--yes', '--json')
  const {stderr} = await program.run('runs', 'approve', String(eventsOf(stdout)[0]?.['run']))
  rushed = {stdout, approvedAtOnce: stderr}
}, 60_000)
afterAll(() => program.remove())

interface Spoken {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

function as(uid: number, ...args: readonly string[]): Spoken {
  const who = [`--reuid=${uid}`, `--regid=${uid}`, `--groups=${TEAM}`]
  const ended = spawnSync('setpriv', [...who, process.execPath, program.cli, ...args], {
    cwd: program.dir,
    env: {...program.env, HOME: '/nonexistent'},
    encoding: 'utf8',
  })
  return {code: ended.status, stdout: ended.stdout, stderr: ended.stderr}
}

/** As `sudo` leaves it: root, with the login that the kernel remembers. */
function asRootOf(login: number, ...args: readonly string[]): Spoken {
  const ended = spawnSync(
    'sh',
    ['-c', `echo ${login} > /proc/self/loginuid && exec "$@"`, 'sh', process.execPath, program.cli, ...args],
    {cwd: program.dir, env: program.env, encoding: 'utf8'},
  )
  return {code: ended.status, stdout: ended.stdout, stderr: ended.stderr}
}

test('unattended, a run that needs an approval is suspended with exit code 8 and says how to go on', async () => {
  const ended = await program.run('run', 'ship', '--yes')
  expect(ended.code).toBe(8)
  expect(ended.stdout).toMatch(/opsconsole runs approve \S+`, then `opsconsole runs resume/)
})

test('the person who started it cannot approve it, and the attempt is in the trail', async () => {
  const {stdout} = await program.run('run', 'ship', '--yes', '--json')
  const run = String(eventsOf(stdout)[0]?.['run'])
  const own = await program.run('runs', 'approve', run)
  expect({code: own.code, why: own.stderr.includes('started the run')}).toEqual({code: 7, why: true})
  const trail = (await program.run('audit', 'list', '--run', run, '--json')).stdout
  expect(trail).toMatch(/"action":"approval given".*"outcome":"refused","reason":"[^"]*started the run/)
  // Taking it up without an approval suspends it again.
  expect((await program.run('runs', 'resume', run)).code).toBe(8)
})

test.runIf(canBecome)('another account approves exactly this plan; the run is resumed and done', async () => {
  const {stdout} = as(ADA, 'run', 'ship', '--yes', '--json')
  const run = String(eventsOf(stdout)[0]?.['run'])
  expect(as(GRACE, 'runs', 'approve', run, '--plan', 'ffff').code).toBe(7)
  const approved = as(GRACE, 'runs', 'approve', run, '--reason', 'looked at it')
  expect(approved.code, approved.stderr).toBe(0)
  const resumed = await program.run('runs', 'resume', run)
  expect(resumed.code, resumed.stdout + resumed.stderr).toBe(0)
  expect((await program.run('audit', 'list', '--run', run, '--json')).stdout).toContain('looked at it')
})

test.runIf(canBecome)('nobody approves a plan that was edited before they saw it', async () => {
  const {stdout} = as(ADA, 'run', 'ship', '--yes', '--json')
  const run = String(eventsOf(stdout)[0]?.['run'])
  const file = `${program.stateDir}/runs/${run}/journal`
  const before = readFileSync(file)
  const records = readLog(file).records.map(({payload}) => payload.replaceAll('Ship 1', 'Look 1'))
  writeFileSync(file, Buffer.concat(records.map(encodeRecord)))
  expect((await program.run('runs', 'show', run)).stdout).toContain('Look 1')
  for (const command of [
    ['approve', run],
    ['answer', run, 'q2', 'approve'],
  ]) {
    const refused = as(GRACE, 'runs', ...command)
    expect({code: refused.code, said: refused.stderr}).toEqual({
      code: 10,
      said: expect.stringContaining('is not what the audit trail says'),
    })
  }
  writeFileSync(file, before)
  expect(as(GRACE, 'runs', 'approve', run).code).toBe(0)
})

/** What a person can put into the environment of a second session. */
const DISGUISES: readonly Readonly<Record<string, string>>[] = [
  {SUDO_USER: 'grace', SUDO_UID: String(GRACE), SUDO_GID: String(GRACE)},
  {USER: 'grace', LOGNAME: 'grace', USERNAME: 'grace'},
  {HOME: '/home/grace', SSH_CONNECTION: '10.0.0.9 1 10.0.0.1 22', SSH_CLIENT: '10.0.0.9 1 22', SSH_TTY: '/dev/pts/9'},
  {CI: 'true', GITHUB_ACTIONS: 'true', GITHUB_ACTOR: 'grace'},
  {GITLAB_CI: 'true', GITLAB_USER_LOGIN: 'grace'},
  {SSH_USER_AUTH: 'forged-key'},
  {PATH: `disguise:${process.env['PATH']}`},
]

test('no second session and no edited environment makes another person', async () => {
  const {stdout} = await program.run('run', 'ship', '--yes', '--json')
  const run = String(eventsOf(stdout)[0]?.['run'])
  const key = spawnSync(
    'sh',
    ['-c', 'ssh-keygen -qt ed25519 -N "" -f other && echo "publickey $(cut -d" " -f1,2 other.pub)" > forged-key'],
    {cwd: program.dir},
  )
  expect(key.status).toBe(0)
  mkdirSync(`${program.dir}/disguise`, {recursive: true})
  for (const name of ['getent', 'id', 'whoami', 'ssh-keygen', 'logname'])
    writeFileSync(`${program.dir}/disguise/${name}`, '#!/bin/sh\necho grace:x:61002:61002::/:/bin/sh\n', {mode: 0o755})
  for (const disguise of DISGUISES) {
    // In a session and process group of its own, as a second terminal has.
    const own = spawnSync('setsid', ['--wait', process.execPath, program.cli, 'runs', 'approve', run], {
      cwd: program.dir,
      env: {...program.env, ...disguise},
      encoding: 'utf8',
    })
    expect({disguise, code: own.status, why: own.stderr}).toEqual({
      disguise,
      code: 7,
      why: expect.stringMatching(/started the run/),
    })
  }
})

test.runIf(canBecome)('a world that changed after the approval voids it', async () => {
  const {stdout} = as(ADA, 'run', 'ship', '--yes', '--json')
  const run = String(eventsOf(stdout)[0]?.['run'])
  expect(as(GRACE, 'runs', 'approve', run).code).toBe(0)
  spawnSync('sh', ['-c', 'echo 2 > version'], {cwd: program.dir})
  const resumed = await program.run('runs', 'resume', run)
  spawnSync('rm', ['version'], {cwd: program.dir})
  expect({code: resumed.code, said: resumed.stdout.includes('changed since the plan was shown')}).toEqual({
    code: 7,
    said: true,
  })
})

test.runIf(canBecome)('a waiting run goes on as soon as somebody else approves it from another terminal', async () => {
  const {stdout} = as(ADA, 'run', 'ship', '--yes', '--detach', '--json')
  const {run} = JSON.parse(stdout) as {run: string}
  await until('the question', async () =>
    (await program.run('runs', 'show', run)).stdout.includes('needs another person'),
  )
  expect(as(GRACE, 'runs', 'approve', run).code).toBe(0)
  expect((await program.run('runs', 'attach', run)).code).toBe(0)
})

test.runIf(canBecome)('nobody approves their own run as root, and a login of root is no other person', async () => {
  const {stdout} = as(ADA, 'run', 'ship', '--yes', '--json')
  const run = String(eventsOf(stdout)[0]?.['run'])
  const own = asRootOf(ADA, 'runs', 'approve', run)
  expect({code: own.code, why: own.stderr.includes('only claimed')}, own.stderr).toEqual({code: 7, why: true})
  const second = String(eventsOf(asRootOf(ADA, 'run', 'ship', '--yes', '--json').stdout)[0]?.['run'])
  expect(asRootOf(GRACE, 'runs', 'approve', second).code).toBe(7)
  expect(as(GRACE, 'runs', 'approve', second).code).toBe(0)
})

test('a suspended run cannot be approved when its time is over, and then ends refused', async () => {
  const {stdout, approvedAtOnce} = rushed
  const run = String(eventsOf(stdout)[0]?.['run'])
  expect(approvedAtOnce).toContain('started the run')
  const opened = eventsOf(stdout).findLast(event => event.type === 'prompt-opened')
  const question = String(opened?.['seq'])
  const prompt = opened?.['prompt'] as {readonly expiresAt: number} | undefined
  await until('its time to be over', () => prompt !== undefined && Date.now() > prompt.expiresAt)
  expect((await program.run('runs', 'approve', run)).stderr).toContain('the time to approve it was over at')
  expect((await program.run('runs', 'answer', run, `q${question}`, 'approve')).code).toBe(7)
  const resumed = await program.run('runs', 'resume', run)
  expect({code: resumed.code, said: resumed.stdout.includes('nobody approved it in time')}).toEqual({
    code: 7,
    said: true,
  })
})

test('breaking the glass needs a reason and is marked in the trail', async () => {
  expect((await program.run('run', 'ship', '--yes', '--break-glass', ' ')).code).toBe(2)
  const ended = await program.run('run', 'ship', '--yes', '--break-glass', 'production is down')
  expect(ended.code).toBe(0)
  expect(ended.stdout).toContain('without approval: break-glass by')
  expect((await program.run('audit', 'list', '--action', 'break-glass', '--json')).stdout).toContain(
    'production is down',
  )
})

test('an edited stored plan is not carried out', async () => {
  const {stdout} = await program.run('plan', 'ship', '--json')
  const plan = JSON.parse(stdout) as {run: string; hash: string}
  const file = `${program.stateDir}/plans/${plan.run}.json`
  spawnSync('sed', ['-i', 's/Ship 1/Ship X/', file])
  expect(readFileSync(file, 'utf8')).toContain('Ship X')
  const ended = await program.run('run', '--plan', plan.run, '--yes', '--break-glass', 'test')
  expect(ended.code).toBe(7)
})
