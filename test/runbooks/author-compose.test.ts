import {existsSync, writeFileSync} from 'node:fs'
import path from 'node:path'
import {afterAll, beforeAll, expect, test} from 'vitest'
import {createProgram, eventsOf, type Program} from '../program/program.ts'

let program: Program
beforeAll(() => {
  program = createProgram()
  program.runbook('whole', WHOLE)
  program.runbook('assisted', ASSISTED)
  writeFileSync(path.join(program.dir, 'runbooks/words.ts'), "export const word = 'one'\n")
  program.runbook('imports', IMPORTS)
})
afterAll(() => program.remove())

const WHOLE = `import {factsOf, runbook, step, stepsOf} from 'opsconsole'
import diagnose from 'opsconsole/runbooks/diagnose'
export default runbook({
  name: 'whole', summary: 'Looks first, then acts', danger: 'disruptive',
  facts: async context => ({look: await factsOf(diagnose, context)}),
  plan: context => [
    ...stepsOf(diagnose, context, {prefix: 'look', facts: context.facts.look}),
    step({id: 'act', title: 'Act', why: 'w', run: async ({$}) => { await $\`touch acted\` }}),
  ],
})`
const ASSISTED = `import {runbook, step} from 'opsconsole'
export default runbook({
  name: 'assisted', summary: 'Assisted', danger: 'disruptive',
  plan: () => [step({id: 'a', title: 'Do it', why: 'w', mode: 'assisted', run: async ({$, save}) => { save('x', 1); await $\`touch -- \${'it is done'}\` }})],
})`
const IMPORTS = `import {runbook, step} from 'opsconsole'
import {word} from './words.ts'
export default runbook({
  name: 'imports', summary: 'Imports a file', danger: 'safe',
  plan: () => [step({id: 'a', title: 'A', why: 'w', readOnly: true, run: async ({log}) => log(word)})],
})`

test('a shipped runbook can be part of one’s own', async () => {
  const {code, stdout} = await program.run('run', 'whole', '--yes', '--json')
  expect(code).toBe(0)
  const [started] = eventsOf(stdout)
  const {steps} = (started as unknown as {plan: {steps: readonly {id: string}[]}}).plan
  const looks = ['service', 'traffic', 'database', 'cache', 'logs', 'host', 'clocks']
  expect(steps.map(({id}) => id)).toEqual([...looks.map(look => `look/${look}`), 'act'])
  expect(eventsOf(stdout).filter(event => event.type === 'saved')[0]).toMatchObject({key: 'look/host'})
  expect(existsSync(path.join(program.dir, 'acted'))).toBe(true)
})

test('an assisted step shows its command, wants a yes even from a flag, and previews nothing into the journal', async () => {
  const refused = await program.run('run', 'assisted')
  expect({code: refused.code, told: refused.stderr.includes('--yes, for "Do it"')}).toEqual({code: 7, told: true})
  const {code, stdout} = await program.run('run', 'assisted', '--yes', '--json')
  expect(code).toBe(0)
  const events = eventsOf(stdout)
  expect(
    events.find(event => event.type === 'prompt-opened' && (event['prompt'] as {step?: string}).step === 'a'),
  ).toMatchObject({
    prompt: {text: 'Run it: Do it?', touches: ["$ touch -- $'it is done'"]},
  })
  expect(events.filter(event => event.type === 'command-started')).toHaveLength(1)
  expect(events.filter(event => event.type === 'saved')).toHaveLength(1)
  expect(existsSync(path.join(program.dir, 'it is done'))).toBe(true)
})

test('a change in a file that the runbook imports is a change of the runbook', async () => {
  const {run: plan} = JSON.parse((await program.run('plan', 'imports', '--json')).stdout) as {run: string}
  writeFileSync(path.join(program.dir, 'runbooks/words.ts'), "export const word = 'two'\n")
  const {code, stdout} = await program.run('run', '--plan', plan)
  expect(code).toBe(7)
  expect(stdout).toContain('the runbook changed since the plan was shown')
  expect((await program.run('run', 'imports')).stdout).toContain('      two\n')
})
