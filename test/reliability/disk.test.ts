import {spawnSync} from 'node:child_process'
import {mkdirSync, rmSync, writeFileSync} from 'node:fs'
import path from 'node:path'
import {afterAll, beforeAll, describe, expect, test} from 'vitest'
import {createProgram, type Program, until} from '../program/program.ts'
import {recover, runsOf, settledView, truthOf} from './faulty-run.ts'

/** A file system of its own that is really full or really read-only needs the right to mount one. */
const mount = (...args: readonly string[]): boolean => spawnSync('mount', args).status === 0

let program: Program
let mounted = false
beforeAll(() => {
  program = createProgram()
  mkdirSync(program.stateDir)
  mounted = mount('-t', 'tmpfs', '-o', 'size=3m,mode=0700', 'tmpfs', program.stateDir)
  program.runbook('fill', FILL)
  program.runbook('small', SMALL)
})
afterAll(() => {
  if (mounted) spawnSync('umount', ['-l', program.stateDir])
  program.remove()
})

const STEPS = ['one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight']
/** Fills the disk in its second step; each step's command line is long, so that no half empty block takes its record. */
const FILL = `import {runbook, step} from 'opsconsole'
export default runbook({name: 'fill', summary: 'Fills the disk', danger: 'disruptive', locks: () => ['fill'],
  plan: ({run}) => ${JSON.stringify(STEPS)}.map(id => step({id, title: 'Append ' + id, run: async ({$}) => {
    await $\`: \${'x'.repeat(5000)}; echo \${id} >> truth-\${run}\`
    if (id === 'two') await $\`head -c 8M /dev/zero > "$OPSCONSOLE_STATE_DIR/filler" || true\`
  }}))})`
const SMALL = `import {runbook, step} from 'opsconsole'
export default runbook({name: 'small', summary: 'Small', danger: 'disruptive', plan: ({run}) => [step({id: 'a', title: 'A',
  run: async ({$}) => { await $\`: \${'x'.repeat(5000)}; echo a >> truth-\${run}\` }})]})`

const reads = [
  ['runs', 'list'],
  ['runs', 'list', '--json'],
  ['audit', 'list'],
  ['audit', 'verify'],
  ['lock', 'list'],
  ['status'],
  ['runbook', 'list'],
]

async function readable(): Promise<void> {
  for (const args of reads) {
    const ended = await program.run(...args)
    expect({args, code: ended.code, stderr: ended.stderr}).toEqual({args, code: 0, stderr: ''})
  }
}

async function refusesToRun(): Promise<void> {
  const known = new Set(runsOf(program))
  const ended = await program.run('run', 'small', '--yes')
  expect([1, 2], ended.stderr).toContain(ended.code)
  expect(ended.stderr).toMatch(/\[(state|audit)\//)
  for (const run of runsOf(program).filter(each => !known.has(each))) expect(truthOf(program, run)).toEqual([])
}

describe('a file system of its own', () => {
  test('that becomes full in the middle of a run: it stops, says so, nothing new starts, and it recovers', async context => {
    if (!mounted) context.skip('a tmpfs cannot be mounted here')
    const known = new Set(runsOf(program))
    await program.run('run', 'fill', '--yes')
    const run = runsOf(program).find(each => !known.has(each)) as string
    const view = await settledView(program, run)
    const done = truthOf(program, run)
    expect(done.length).toBeLessThan(STEPS.length)
    for (const {state, step} of view.steps) {
      if (state === 'done') expect(done).toContain(step.id)
      if (state === 'pending') expect(done).not.toContain(step.id)
    }
    await readable()
    expect((await program.run('runs', 'show', run)).stdout).toContain(`the disk under ${program.stateDir} is full`)
    await refusesToRun()
    rmSync(path.join(program.stateDir, 'filler'))
    const {last} = await recover(program, run)
    // Whether a short record still fits into a block that is begun decides whether the failure itself could be recorded.
    const failed = last.steps.find(step => step.state === 'failed')
    expect({outcome: last.outcome, truth: truthOf(program, run)}).toEqual(
      failed === undefined ? {outcome: 'done', truth: STEPS} : {outcome: 'failed', truth: done},
    )
    if (failed !== undefined) expect(failed.reason).toContain('no space left')
    expect(JSON.parse((await program.run('audit', 'verify', '--json')).stdout)).toMatchObject({verdict: 'VERIFIED'})
    expect((await program.run('run', 'small', '--yes')).code).toBe(0)
  })

  test('that is read-only: everything can be read, nothing starts', async context => {
    if (!mounted) context.skip('a tmpfs cannot be mounted here')
    await until('the last runner to let go of its files', () => mount('-o', 'remount,ro', program.stateDir))
    try {
      expect(() => writeFileSync(path.join(program.stateDir, 'x'), '')).toThrow(/EROFS/)
      await readable()
      await refusesToRun()
    } finally {
      mount('-o', 'remount,rw', program.stateDir)
    }
    expect((await program.run('run', 'small', '--yes')).code).toBe(0)
  })
})
