import {spawn} from 'node:child_process'
import path from 'node:path'
import {text} from 'node:stream/consumers'
import {afterAll, beforeAll, expect, test} from 'vitest'
import {keptFiles} from '../program/kept-files.ts'
import {createProgram, type Program} from '../program/program.ts'

const SECRET = 'correct horse battery'
const ROTATE = `import {runbook, step, z} from 'opsconsole'
export default runbook({
  name: 'rotate', summary: 'Use a secret', danger: 'disruptive',
  params: z.object({token: z.string().min(8).meta({secret: true})}),
  facts: async ({params}) => ({known: {[params.token]: [params.token]}}),
  plan: ({params}) => [step({id: 'use', title: 'Use it', run: async ({$}) => {
    await $({env: {TOKEN: params.token}})\`printf '%s' "$TOKEN" | wc -c; echo "it is $TOKEN"; env | grep -c OPSCONSOLE_PARAM || true\`
  }})],
})`

let program: Program
beforeAll(() => {
  program = createProgram()
  program.runbook('rotate', ROTATE)
})
afterAll(() => program.remove())

/** Every file of the state directory that holds the secret. */
const leaks = (): readonly string[] =>
  keptFiles(program.stateDir)
    .filter(({bytes}) => bytes.includes(SECRET))
    .map(({file}) => file)

test('a secret parameter reaches its step, and neither the screen nor any file', async () => {
  const ended = await program.run('run', 'rotate', '--yes', '-p', `token=${SECRET}`, '--reason', `not ${SECRET}`)
  expect(ended).toMatchObject({code: 0})
  expect(ended.stdout).toContain(`      ${SECRET.length}\n      it is [redacted]\n`)
  expect(ended.stdout + ended.stderr).not.toContain(SECRET)
  expect(leaks()).toEqual([])
})

test('a kept plan wants its secret again, and takes it from the environment too', async () => {
  const {stdout} = await program.run('plan', 'rotate', '-p', `token=${SECRET}`, '--json')
  const plan = (JSON.parse(stdout) as {run: string}).run
  const without = await program.run('run', '--plan', plan, '--yes')
  expect(without.code).toBe(2)
  expect(without.stderr).toContain('token must be given again')
  const file = path.join(program.dir, 'opsconsole.yaml')
  const other = createProgram({env: {OPSCONSOLE_PARAM_TOKEN: SECRET, OPSCONSOLE_STATE_DIR: program.stateDir}})
  const ended = await other.run('run', '--plan', plan, '--yes', '--config', file)
  other.remove()
  expect(ended).toMatchObject({code: 0})
  expect(ended.stdout).toContain(`      ${SECRET.length}\n      it is [redacted]\n      0\n`)
  expect(leaks()).toEqual([])
})

test('parameters come over standard input too, however slowly', async () => {
  const args = [program.cli, 'plan', 'rotate', '--params', '-', '--json']
  const child = spawn(process.execPath, args, {cwd: program.dir, env: program.env, stdio: ['pipe', 'pipe', 'inherit']})
  const printed = text(child.stdout)
  for (const piece of ['{"tok', `en": "${SECRET}"`, '}']) {
    child.stdin.write(piece)
    await new Promise(resolve => setTimeout(resolve, 300))
  }
  child.stdin.end()
  expect(JSON.parse(await printed)).toMatchObject({runbook: 'rotate', params: {token: '[redacted]'}})
})

test.each([
  ['an id', "step({id: 'use ' + params.token, title: 'Use it', run: async () => {}})", ''],
  ['a terminal command', "step({id: 'use', title: 'Use it', terminal: ['login', params.token]})", ''],
  ['a lock', "step({id: 'use', title: 'Use it', run: async () => {}})", 'locks: ({params}) => [params.token],'],
])('%s that would store the secret is refused before anything is written', async (_what, step, locks) => {
  program.runbook(
    'careless',
    `import {runbook, step, z} from 'opsconsole'
export default runbook({
  name: 'careless', summary: 'Show a secret', danger: 'disruptive', ${locks}
  params: z.object({token: z.string().min(8).meta({secret: true})}),
  plan: ({params}) => [${step}],
})`,
  )
  const ended = await program.run('plan', 'careless', '-p', `token=${SECRET}`)
  expect({code: ended.code, said: ended.stderr.includes('would store a secret in the plan')}).toEqual({
    code: 2,
    said: true,
  })
  expect(ended.stderr).not.toContain(SECRET)
  expect(leaks()).toEqual([])
})
