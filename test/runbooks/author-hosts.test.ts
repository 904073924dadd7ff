import {execFileSync} from 'node:child_process'
import {existsSync, readFileSync, rmSync} from 'node:fs'
import path from 'node:path'
import {afterAll, beforeAll, expect, test} from 'vitest'
import {createProgram, eventsOf, type Program, until} from '../program/program.ts'
import {type Sshd, startSshd} from '../servers/sshd.ts'

let sshd: Sshd
let program: Program
let config: string
beforeAll(async () => {
  sshd = await startSshd()
  program = createProgram()
  // A shared connection belongs to a name here, though all names are this machine.
  config = sshd.configFor('web-1', 'web-2', 'web-3')
  program.runbook('fleet', runbookText())
  program.runbook('stray', strayText())
})
afterAll(async () => {
  for (const host of ['web-1', 'web-2', 'web-3'])
    try {
      execFileSync('ssh', ['-F', config, '-o', `ControlPath=${controlPath()}`, '-O', 'exit', host], {stdio: 'ignore'})
    } catch {
      // It was never reached.
    }
  program.remove()
  await sshd.stop()
})

const controlPath = (): string => path.join(sshd.dir, '%n')
const runbookText = (): string => `import {runbook, hosts, failedHosts, z} from 'opsconsole'
const ssh = {config: ${JSON.stringify(config)}, controlPath: ${JSON.stringify(controlPath())}}
export default runbook({
  name: 'fleet', summary: 'Many hosts', danger: 'disruptive',
  params: z.object({names: z.string(), stopAfter: z.number().default(0), text: z.string().default('x'), seconds: z.number().default(0)}),
  plan: ({params}) => hosts(
    {id: 'mark', title: 'Mark', why: 'w', names: params.names.split(','), batch: 2, stopAfter: params.stopAfter, ssh,
      verify: async ({$, host}) => (await $({reads: true})\`cat \${${JSON.stringify(program.dir)} + '/' + host}\`).stdout === params.text,
      undo: async ({$, host}) => { await $\`rm -f \${${JSON.stringify(program.dir)} + '/' + host}\` }},
    async ({$, host}) => {
      await $\`printf '%s' \${params.text} > \${${JSON.stringify(program.dir)} + '/' + host}; echo "hello from $HOME"; echo problem >&2\`
      if (params.seconds > 0) await $\`for n in $(seq \${params.seconds * 10}); do echo tick $n; sleep 0.1; done\`
    }),
  afterwards: ({saved}) => failedHosts(saved, 'mark').map(host => 'Look at ' + host),
})
`
const strayText = (): string => `import {runbook, hosts, z} from 'opsconsole'
const ssh = {config: ${JSON.stringify(config)}, controlPath: ${JSON.stringify(controlPath())}}
export default runbook({
  name: 'stray', summary: 'Leaves something', danger: 'disruptive', params: z.object({limit: z.string().default('6s')}),
  plan: ({params}) => hosts({id: 'wait', title: 'Wait', why: 'w', names: ['web-1'], timeout: params.limit, ssh},
    async ({$}) => void (await $\`setsid sleep 77.25 & sleep 78.25 & echo up; wait\`)),
})
`
const marked = (host: string): string | undefined => {
  const file = path.join(program.dir, host)
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined
}

test('two batches over real ssh: values arrive byte for byte, every line has its host, one connection each', async () => {
  const text = `it's "$HOME" \`x\` \\ é; exit 1`
  const {code, stdout} = await program.run(
    'run',
    'fleet',
    '--yes',
    '-p',
    'names=web-1,web-2,web-3',
    '-p',
    `text=${text}`,
  )
  expect({code, marks: ['web-1', 'web-2', 'web-3'].map(marked)}).toEqual({code: 0, marks: [text, text, text]})
  for (const host of ['web-1', 'web-2', 'web-3']) {
    expect(stdout).toMatch(new RegExp(`^ {6}${host}: hello from /`, 'm'))
    expect(stdout).toContain(`    ! ${host}: problem\n`)
    expect(existsSync(path.join(sshd.dir, host))).toBe(true)
  }
  expect(stdout).toMatch(/\$ ssh -F .* -o BatchMode=yes .*ControlMaster=auto .*ControlPersist=60s -- web-1 /)
})

test('hosts that cannot be reached: passed over while so many may, else named with what was done and what not', async () => {
  const some = await program.run('run', 'fleet', '--yes', '-p', 'names=web-1,gone-1,web-2', '-p', 'stopAfter=1')
  expect(some.code).toBe(0)
  expect(some.stdout).toContain('  [ ] Look at gone-1')
  const none = await program.run('run', 'fleet', '--yes', '-p', 'names=web-1,gone-1,web-2,web-3')
  expect(none.stdout).toMatch(
    /1 of 4 hosts failed, 0 may \(gone-1: .*Connection refused.*Done: web-1\. Not begun: web-2, web-3/,
  )
  // It cannot be undone on a host that is not there, and that is said.
  expect(none.code).toBe(4)
})

/** Processes of this machine, which all hosts are, with this command line. */
const running = (command: string): number =>
  execFileSync('ps', ['-A', '-o', 'args='], {encoding: 'utf8'})
    .split('\n')
    .filter(line => line.trimEnd() === command).length

test('an abort ends the commands on every host of the batch, and undoes it', async () => {
  for (const host of ['web-1', 'web-2']) rmSync(path.join(program.dir, host), {force: true})
  const started = program.start('run', 'fleet', '--yes', '--json', '-p', 'names=web-1,web-2,web-3', '-p', 'seconds=120')
  await until('both hosts', () => /web-1: tick 2/.test(started.output()) && /web-2: tick 2/.test(started.output()))
  started.kill('SIGTERM')
  const {code, stdout} = await started.ended
  expect(code).toBe(5)
  for (const host of ['web-1', 'web-2'])
    expect(stdout).toMatch(new RegExp(`"stream":"log","text":"${host}: its process group \\d+ was ended by TERM"`))
  expect([marked('web-1'), marked('web-2')]).toEqual([undefined, undefined])
  const events = eventsOf(stdout)
  // The shared connections stay on purpose; they are no orphans of the step.
  expect(events.filter(event => event.type === 'orphans')).toEqual([])
  expect(events.at(-1)).toMatchObject({
    type: 'run-ended',
    outcome: 'aborted',
    reason: expect.not.stringContaining('may still'),
  })
})

test('a step whose time is up leaves nothing on its hosts, and names what has left its group there', async () => {
  const run = await program.run('run', 'stray', '--yes', '--json')
  const events = eventsOf(run.stdout)
  expect(events.find(event => event.type === 'step-finished')).toMatchObject({
    outcome: 'failed',
    reason: 'Wait on web-1 did not finish within its time limit',
  })
  const [orphans] = events.filter(event => event.type === 'orphans')
  expect(orphans?.['processes']).toEqual([expect.stringMatching(/^web-1: \d+ sleep 77\.25$/)])
  expect([running('sleep 78.25'), running('sleep 77.25')]).toEqual([0, 1])
  process.kill(Number(/web-1: (\d+)/.exec(String(orphans?.['processes']))?.[1]), 'SIGKILL')
})

test('a host that does not answer when the run is aborted: the reason says what may still run there', async () => {
  const started = program.start('run', 'stray', '--yes', '--json', '-p', 'limit=5m')
  await until('the command', () => started.output().includes('web-1: up'))
  sshd.freeze()
  started.kill('SIGTERM')
  await until('the end of the step', () => started.output().includes('"type":"step-finished"'), 60_000)
  sshd.thaw()
  const {stdout} = await started.ended
  const end = eventsOf(stdout).find(event => event.type === 'step-finished')
  expect(end).toMatchObject({outcome: 'aborted'})
  expect(end?.['reason']).toMatch(
    /SIGTERM; the command may still run on web-1, as process group \d+: web-1 could not be asked/,
  )
  process.kill(-Number(/process group (\d+)/.exec(String(end?.['reason']))?.[1]), 'SIGKILL')
  for (const pid of execFileSync('pgrep', ['-fx', 'sleep 77.25'], {encoding: 'utf8'}).trim().split('\n'))
    process.kill(Number(pid), 'SIGKILL')
})

test('a dry run reaches no host', async () => {
  rmSync(path.join(program.dir, 'web-1'), {force: true})
  const {code, stdout} = await program.run('run', 'fleet', '--dry-run', '-p', 'names=web-1,gone-1')
  expect(code).toBe(0)
  expect(stdout).toMatch(/\$ ssh .* -- gone-1 /)
  expect(marked('web-1')).toBeUndefined()
})
