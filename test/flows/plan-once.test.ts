import {readFileSync} from 'node:fs'
import path from 'node:path'
import {afterAll, beforeAll, expect, test} from 'vitest'
import {createProgram, eventsOf, type Program} from '../program/program.ts'

let program: Program
beforeAll(() => {
  program = createProgram()
  program.runbook(
    'two',
    `import {runbook, step, z} from 'opsconsole'
export default runbook({name: 'two', summary: 'Two', danger: 'disruptive', params: z.object({n: z.string().default('1')}),
  plan: ({params: {n}}) => [
    step({id: 'one', title: 'One', run: async ({$}) => { await $\`true\` }, undo: async ({$}) => { await $\`true\` }}),
    step({id: 'two', title: 'Two', run: async ({$}) => { if (n === '0') await $\`false\` }})]})`,
  )
})
afterAll(() => program.remove())

const planned = async (): Promise<string> =>
  (JSON.parse((await program.run('plan', 'two', '--json')).stdout) as {run: string}).run

test('a plan starts one run; the second time is refused with words', async () => {
  const plan = await planned()
  expect((await program.run('run', '--plan', plan, '--yes')).code).toBe(0)
  const again = await program.run('run', '--plan', plan, '--yes')
  expect({code: again.code, said: again.stderr.includes('was started before')}).toEqual({code: 6, said: true})
})

test('an ordinary parameter beside a plan is refused: the plan has its own', async () => {
  const ended = await program.run('run', '--plan', await planned(), '--yes', '-p', 'n=2')
  expect({code: ended.code, said: ended.stderr.includes('n: the plan')}).toEqual({code: 2, said: true})
})

test('a parameter that is given twice is refused', async () => {
  const ended = await program.run('plan', 'two', '-p', 'n=1', '-p', 'n=2')
  expect({code: ended.code, said: ended.stderr.includes('-p n= is given more than once')}).toEqual({
    code: 2,
    said: true,
  })
})

test('JUnit says of an undone step why', async () => {
  const file = path.join(program.dir, 'junit.xml')
  const {code, stdout} = await program.run('run', 'two', '--yes', '-p', 'n=0', '--junit', file, '--json')
  expect(code, JSON.stringify(eventsOf(stdout).at(-1))).toBe(3)
  const xml = readFileSync(file, 'utf8')
  expect(xml).toMatch(/type="undone" message="done, then undone: Two: /)
  expect(xml).not.toContain('message=""')
})
