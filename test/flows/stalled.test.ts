import {existsSync} from 'node:fs'
import path from 'node:path'
import {afterAll, beforeAll, expect, test} from 'vitest'
import {createProgram, type Program, until} from '../program/program.ts'

/** Keeps its process as busy as any loop does, but not the machine; src/runs/stall-watch.server.test.ts has loops that burn. */
const REST = 'Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20)'

let program: Program
beforeAll(() => {
  program = createProgram()
  // Says that it loops now, and which process does.
  program.runbook(
    'module',
    `import {writeFileSync} from 'node:fs'
writeFileSync(new URL('looping-' + process.pid, import.meta.url), '')
while (true) ${REST}`,
  )
  program.runbook(
    'planned',
    `import {runbook} from 'opsconsole'
export default runbook({name: 'planned', summary: 'Loops', danger: 'safe', plan: () => { for (;;) ${REST} }})`,
  )
})
afterAll(() => program.remove())

test('a runbook that loops is stopped with words, whether it is loaded, planned or listed', {
  timeout: 240_000,
}, async () => {
  const [loaded, planned, listed] = await Promise.all([
    program.run('run', 'module', '--yes', '--json'),
    program.run('plan', 'planned'),
    program.run('runbook', 'list'),
  ])
  expect({code: loaded.code, said: loaded.stdout}).toMatchObject({
    code: 2,
    said: expect.stringContaining('module.ts was stopped: it kept the process busy for 30 s') as string,
  })
  expect({code: planned.code, said: planned.stderr}).toMatchObject({
    code: 2,
    said: expect.stringContaining('planning planned was stopped') as string,
  })
  expect(listed.code).toBe(0)
  // One that hangs hides no other.
  expect(listed.stdout).toMatch(/^module .*was stopped/m)
  expect(listed.stdout).toMatch(/^planned .*Loops/m)
})

test.each(['SIGINT', 'SIGTERM'] as const)(
  '%s ends a command at once while a runbook that loops is loaded',
  {timeout: 240_000},
  async signal => {
    const plan = program.start('plan', 'module')
    await until('its code to run', () => loopsNow(plan.pid), 200_000)
    plan.kill(signal)
    expect((await plan.ended).signal).toBe(signal)
  },
)

const loopsNow = (pid: number): boolean => existsSync(path.join(program.dir, 'runbooks', `looping-${pid}`))
