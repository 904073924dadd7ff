import {afterAll, beforeAll, expect, test} from 'vitest'
import {createProgram, type Program} from '../program/program.ts'
import {openTerminal} from '../program/terminal.ts'

let program: Program
beforeAll(() => {
  program = createProgram()
  program.runbook(
    'hands',
    `import {runbook, step} from 'opsconsole'
export default runbook({name: 'hands', summary: 'Needs a terminal', danger: 'safe', plan: () => [
  step({id: 'edit', title: 'Edit by hand', terminal: ['sh', '-c', 'printf "name? "; read name; test -t 0 && echo "hello $name"; exit 3']}),
  step({id: 'pty', title: 'With a terminal of its own', run: async ({$}) => {
    const shown = await $({pty: true})\`test -t 1 && echo "it's a terminal"\`
    const failed = await $({pty: true, nothrow: true})\`exit 4\`
    await $\`test \${shown.stdout.trim()} = "it's a terminal" -a \${failed.exitCode} = 4\`
  }})]})`,
  )
})
afterAll(() => program.remove())

test('without a terminal a step that needs one is refused before anything is done', async () => {
  const ended = await program.run('run', 'hands', '--yes')
  expect(ended.code).toBe(7)
  expect(ended.stderr).toContain('a person with a terminal, for "Edit by hand"')
})

test('at a command line the program gets the terminal and gives it back; its exit code is in the journal', async () => {
  const terminal = openTerminal(program, {args: ['run', 'hands']})
  await terminal.see('[run/done/skip/abort]')
  terminal.type('run\r')
  await terminal.see(/^name\?/m)
  terminal.type('Ada\r')
  await terminal.see('hello Ada')
  await terminal.see('exit code 3')
  terminal.type('done\r')
  expect((await terminal.ended).code).toBe(0)
  const trail = (await program.run('audit', 'list', '--json')).stdout
  expect(trail).toContain('printf')
  expect(trail).toContain('exit code 3')
})

test('the console gives its screen up for the program and takes it back', async () => {
  const terminal = openTerminal(program, {columns: 100, rows: 30})
  await terminal.see('Runs', 20_000)
  terminal.press('r')
  await terminal.see('Needs a terminal', 20_000)
  terminal.type('hands')
  await terminal.see('› hands', 20_000)
  terminal.press('enter')
  await terminal.question('usually takes', 20_000)
  terminal.press('enter')
  await terminal.question('Needs your terminal', 20_000)
  terminal.press('r', 'enter')
  await terminal.see(/^name\?/m, 20_000)
  expect(terminal.alternate()).toBe(false)
  terminal.type('Grace\r')
  await terminal.see('It exited with code 3', 20_000)
  expect(terminal.alternate()).toBe(true)
  terminal.press('d', 'enter')
  await terminal.see('✓ done', 20_000)
  terminal.press('q')
  expect((await terminal.ended).code).toBe(0)
})

const ASKS = `import {runbook, step} from 'opsconsole'
export default runbook({name: 'asks', summary: 'Asks twice', danger: 'safe', plan: () => [
  step({id: 'one', title: 'First', run: async ({$}) => { await $\`true\` }, undo: async ({$}) => { await $\`true\` }}),
  step({id: 'two', title: 'Second', confirm: 'Really?', run: async ({$}) => { await $\`true\` }}),
  step({id: 'three', title: 'Third', manual: 'Pull the cable'})]})`

test('Ctrl-C at an open question aborts the run and undoes it, as it does anywhere else', async () => {
  program.runbook('asks', ASKS)
  const terminal = openTerminal(program, {args: ['run', 'asks']})
  await terminal.see('[yes/skip/abort]')
  terminal.type('\u0003')
  await terminal.see('1 step was undone')
  expect((await terminal.ended).code).toBe(5)
})

test('a question that was answered from another terminal reads no more: what is typed is for the next', async () => {
  program.runbook('asks', ASKS)
  const terminal = openTerminal(program, {args: ['run', 'asks']})
  await terminal.see('[yes/skip/abort]')
  // Runs of one second are in no order: the one that waits is meant.
  const runs = JSON.parse((await program.run('runs', 'list', '--json')).stdout) as {id: string; state: string}[]
  const {id} = runs.find(({state}) => state === 'waiting')!
  const shown = JSON.parse((await program.run('runs', 'show', id, '--json')).stdout) as {prompt: {id: string}}
  expect((await program.run('runs', 'answer', id, shown.prompt.id, 'yes')).code).toBe(0)
  await terminal.see('[done/skip/abort]')
  terminal.type('yes\r')
  await terminal.see('"yes" is none of these')
  await terminal.see(/abort\] yes\s*$/m)
  terminal.type('done\r')
  expect((await terminal.ended).code).toBe(0)
})
