import {existsSync, readFileSync, readdirSync} from 'node:fs'
import path from 'node:path'
import {afterAll, beforeAll, describe, expect, test} from 'vitest'
import {monitorLease} from '../../src/store/lease.ts'
import {openStore} from '../../src/store/open.ts'
import {createProgram, eventsOf, type Program, until} from '../program/program.ts'

let program: Program
beforeAll(() => {
  program = createProgram({config: 'project: shop\nenvironments: [{name: dev}, {name: prod, protected: true}]\n'})
  program.runbook('steps', STEPS)
  program.runbook('slow', SLOW)
  program.runbook('drop', DROP)
  program.runbook('reads', READS)
})
afterAll(() => program.remove())

const STEPS = `import {runbook, step, z} from 'opsconsole'
export default runbook({
  name: 'steps', summary: 'Three steps', danger: 'disruptive',
  params: z.object({fail: z.enum(['none', 'third', 'undo']).default('none'), text: z.string().default('x')}),
  locks: () => ['steps'],
  plan: ({params}) => ['one', 'two', 'three'].map((id, index) => step({
    id, title: 'Step ' + id, ...(id === 'two' ? {confirm: 'Go on with two?'} : {}),
    run: async ({$}) => { await $\`printf '%s' \${params.text} >> \${id}.txt\`; if (id === 'three' && params.fail !== 'none') await $\`exit 7\` },
    undo: async ({$}) => { if (id === 'two' && params.fail === 'undo') await $\`exit 1\`; await $\`rm -f \${id}.txt\` },
  })),
})`
const SLOW = `import {runbook, step, z} from 'opsconsole'
export default runbook({
  name: 'slow', summary: 'Ticks', danger: 'disruptive', params: z.object({ticks: z.number().default(20)}), locks: () => ['slow'],
  plan: ({params, run}) => [
    step({id: 'first', title: 'First', run: async ({$}) => { await $\`echo began\` }, undo: async ({$}) => { await $\`touch undone-\${run}\` }}),
    step({id: 'ticks', title: 'Ticks', run: async ({$}) => { await $\`for n in $(seq \${params.ticks}); do echo tick $n; sleep 0.1; done\` }}),
  ],
})`
const DROP = `import {runbook, step} from 'opsconsole'
export default runbook({name: 'drop', summary: 'Drop', danger: 'destructive',
  plan: () => [step({id: 'drop', title: 'Drop it', confirm: {text: 'Drop shop?', touches: ['database shop'], type: 'shop'}, run: async ({$}) => { await $\`touch dropped\` }})]})`
const READS = `import {runbook, step} from 'opsconsole'
export default runbook({name: 'reads', summary: 'Reads', danger: 'safe', plan: () => [step({id: 'a', title: 'Look', readOnly: true, run: async ({$}) => { await $\`echo looked\` }})]})`

const inDev = (...args: string[]): string[] => [...args, '--env', 'dev']

describe('exit codes tell the outcome', () => {
  test.each([
    ['a run that is done', inDev('run', 'steps', '--yes'), 0],
    ['a run that failed and was undone', inDev('run', 'steps', '--yes', '-p', 'fail=third'), 3],
    ['a run whose undo failed', inDev('run', 'steps', '--yes', '-p', 'fail=undo'), 4],
    ['a question without --yes', inDev('run', 'steps'), 7],
    ['a typed question answered with --yes only', inDev('run', 'drop', '--yes'), 7],
    ['a protected environment without its name', ['run', 'steps', '--yes', '--env', 'prod'], 7],
    ['the wrong name typed', ['run', 'steps', '--yes', '--confirm', 'dev', '--env', 'prod'], 7],
    ['a protected environment with its name', ['run', 'steps', '--yes', '--confirm', 'prod', '--env', 'prod'], 0],
    ['a runbook that only reads', inDev('run', 'reads'), 0],
    ['an unknown runbook', inDev('run', 'nope'), 2],
    ['an unknown parameter', inDev('run', 'steps', '-p', 'nope=1'), 2],
    ['a value outside the choices', inDev('run', 'steps', '-p', 'fail=maybe'), 2],
    ['an unknown environment', ['run', 'steps', '--env', 'nope'], 2],
    ['no environment where there are two', ['run', 'steps', '--yes'], 2],
    ['an unknown flag', ['run', 'steps', '--ye'], 2],
    ['an unknown run', ['runs', 'show', '20200101-000000-aaaa'], 2],
    ['read-only mode', inDev('run', 'steps', '--yes', '--read-only'), 7],
  ])('%s', async (_title, args, code) => {
    const ended = await program.run(...args)
    expect({code: ended.code, stderr: code === 2 || code === 7 ? ended.stderr !== '' : true}).toEqual({
      code,
      stderr: true,
    })
  })

  test('a refused run never touched anything and names what is missing', async () => {
    const {stderr} = await program.run('run', 'drop', '--yes', '--env', 'dev')
    expect(stderr).toContain('--confirm shop')
    expect(existsSync(path.join(program.dir, 'dropped'))).toBe(false)
    expect((await program.run('run', 'drop', '--yes', '--confirm', 'shop', '--env', 'dev')).code).toBe(0)
    expect(existsSync(path.join(program.dir, 'dropped'))).toBe(true)
  })
})

test('what was done before a failure is undone in reverse order, the failed step first', async () => {
  const {stdout} = await program.run('run', 'steps', '--yes', '-p', 'fail=third', '--json', '--env', 'dev')
  const phases = eventsOf(stdout)
    .filter(event => event.type === 'step-started')
    .map(event => `${String(event['phase'])} ${String(event['step'])}`)
  expect(phases).toEqual(['run one', 'run two', 'run three', 'undo three', 'undo two', 'undo one'])
})

test('a dry run prints every command and touches nothing', async () => {
  const {code, stdout} = await program.run('run', 'steps', '--dry-run', '-p', 'text=dry', '--env', 'dev')
  expect(code).toBe(0)
  expect(stdout).toContain("$ printf '%s' dry >> three.txt")
  expect(
    readdirSync(program.dir).filter(
      name => name.endsWith('.txt') && readFileSync(path.join(program.dir, name), 'utf8').includes('dry'),
    ),
  ).toEqual([])
})

test.each([["it's; rm -rf /"], ['$(touch hacked)'], ['-rf'], ['a\nb'], ['日本 👍'], ['"quoted" `x` \\ %s']])(
  'the parameter %j arrives byte for byte',
  async text => {
    const before = existsSync(path.join(program.dir, 'one.txt'))
      ? readFileSync(path.join(program.dir, 'one.txt'), 'utf8')
      : ''
    expect((await program.run('run', 'steps', '--yes', '-p', `text=${text}`, '--env', 'dev')).code).toBe(0)
    expect(readFileSync(path.join(program.dir, 'one.txt'), 'utf8')).toBe(before + text)
    expect(existsSync(path.join(program.dir, 'hacked'))).toBe(false)
  },
)

test('whoever watches is asked for a probe when a run has ended: what it moved is shown at once', async () => {
  const store = openStore(program.stateDir)
  const watcher = monitorLease(store.database, 'agent')
  try {
    expect(watcher.acquire(Date.now()).held).toBe(true)
    const asked = (): boolean => watcher.renew(Date.now()).refresh
    // The runner of a test before may ask a moment after its starter has gone, as ours may.
    await expect.poll(asked, {timeout: 60_000}).toBe(false)
    expect((await program.run(...inDev('run', 'reads'))).code).toBe(0)
    await expect.poll(asked, {timeout: 60_000}).toBe(true)
  } finally {
    watcher.release()
    store.close()
  }
})

describe('a run outlives whoever started it', () => {
  test.each(['SIGKILL', 'SIGHUP'] as const)(
    '%s of the starter: it goes on to its end, and attach shows all of it',
    async signal => {
      const started = program.start('run', 'slow', '--yes', '--json', '--env', 'dev')
      await until('the first tick', () => started.output().includes('tick 3'))
      const run = String(eventsOf(started.output())[0]?.['run'])
      started.kill(signal)
      await started.ended
      const attached = await program.run('runs', 'attach', run)
      expect(attached.code).toBe(0)
      expect(attached.stdout.match(/tick \d+/g)).toEqual(Array.from({length: 20}, (_, index) => `tick ${index + 1}`))
    },
  )

  test('TERM to the starter, as a CI system sends it, aborts with undo and exit code 5', async () => {
    const started = program.start('run', 'slow', '--yes', '--json', '-p', 'ticks=600', '--env', 'dev')
    await until('the first tick', () => started.output().includes('tick 2'))
    started.kill('SIGTERM')
    const ended = await started.ended
    expect(ended.code).toBe(5)
    const run = String(eventsOf(ended.stdout)[0]?.['run'])
    expect(existsSync(path.join(program.dir, `undone-${run}`))).toBe(true)
    expect(eventsOf(ended.stdout).at(-1)).toMatchObject({type: 'run-ended', outcome: 'aborted'})
  })

  test('abort from another terminal stops the commands and says who did it', async () => {
    const started = program.start('run', 'slow', '--yes', '--json', '-p', 'ticks=600', '--env', 'dev')
    await until('the first tick', () => started.output().includes('tick 2'))
    const run = String(eventsOf(started.output())[0]?.['run'])
    expect((await program.run('runs', 'abort', run, '--reason', 'wrong version')).code).toBe(0)
    const ended = await started.ended
    expect(ended.code).toBe(5)
    expect(ended.stdout).toContain('wrong version')
  })
})

test('a second run of the same lock is told who holds it, exit 6; with --lock-wait it waits', async () => {
  const first = program.start('run', 'slow', '--yes', '--json', '-p', 'ticks=6000', '--env', 'dev')
  await until('the first tick', () => first.output().includes('tick 1'))
  const second = await program.run('run', 'slow', '--yes', '-p', 'ticks=1', '--env', 'dev')
  expect(second.code).toBe(6)
  expect(second.stdout).toContain(String(eventsOf(first.output())[0]?.['run']))
  const third = program.start('run', 'slow', '--yes', '-p', 'ticks=1', '--lock-wait', '60s', '--env', 'dev')
  await until('the third to wait', () => third.output().includes('waiting for dev/slow'))
  first.kill('SIGTERM')
  expect((await third.ended).code).toBe(0)
  await first.ended
})

test('the trail of all this verifies', async () => {
  const {code, stdout} = await program.run('audit', 'verify', '--json')
  expect(code).toBe(0)
  expect(JSON.parse(stdout)).toMatchObject({verdict: 'VERIFIED', breaks: []})
})

test('junit and reports are written', async () => {
  await program.run('run', 'steps', '--yes', '-p', 'fail=third', '--junit', 'result.xml', '--env', 'dev')
  const xml = readFileSync(path.join(program.dir, 'result.xml'), 'utf8')
  expect(xml).toMatch(/<testsuite [^>]*tests="3" failures="3"/)
  expect(xml).toContain('message="exit code 7')
})
