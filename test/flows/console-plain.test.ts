import {existsSync} from 'node:fs'
import path from 'node:path'
import {afterAll, afterEach, beforeAll, expect, test} from 'vitest'
import {listRunIds, runFiles} from '../../src/store/runs/directory.ts'
import {readRunState} from '../../src/store/runs/journal.ts'
import {createProgram, type Program, until} from '../program/program.ts'
import {openTerminal, type TerminalProgram} from '../program/terminal.ts'

const MOVE = `import {runbook, step, z} from 'opsconsole'
export default runbook({name: 'move', summary: 'Move it', danger: 'disruptive', onFailure: 'undo', params: z.object({word: z.string().describe('what to write')}),
  plan: ({params}) => [
    step({id: 'write', title: 'Write ' + params.word, targets: ['file word'], run: async ({$}) => { await $\`touch written && echo wrote \${params.word}\` },
      undo: async ({$}) => { await $\`rm written\` }}),
    step({id: 'switch', title: 'Switch to ' + params.word, targets: ['file word'], confirm: {text: 'Switch to ' + params.word + '?', touches: ['file word']},
      run: async ({$}) => { await $\`echo switched\` }})]})`

let program: Program
let console: TerminalProgram
beforeAll(() => {
  program = createProgram()
  program.runbook('move', MOVE)
})
afterEach(() => console.stop())
afterAll(() => program.remove())

const line = async (text: string, answer: string | RegExp): Promise<void> => {
  console.type(text)
  console.press('enter')
  await console.see(answer)
}

/** From the overview to the question of the run; its id. */
async function untilAsked(word: string): Promise<string> {
  const before = new Set(listRunIds(program.stateDir))
  await console.see('You can type:')
  await line('runbooks', 'disruptive, move')
  await line('move', 'word, required; what to write:')
  console.type(word)
  console.press('enter')
  await console.see(/type: start/)
  await console.question('Plan: move in dev')
  await line('start', 'Type one of: cancel, start.')
  await console.question('cancel, start.')
  console.type('start')
  console.press('enter')
  await console.question('Type one of: decide later')
  const run = listRunIds(program.stateDir).find(id => !before.has(id))
  if (run === undefined) throw new Error('there is no run')
  return run
}
const outcome = (run: string) =>
  until('the end', () => readRunState(runFiles(program.stateDir, run).journal, run)?.outcome)

test.each([
  ['--plain', ['--plain']],
  ['--screen-reader', ['--screen-reader']],
])('%s on the primary screen: a run is planned, started, answered and its outcome stays', async (_, args) => {
  console = openTerminal(program, {args, rows: 60, columns: 100})
  const run = await untilAsked('one')
  await console.see('wrote one')
  await line('yes', 'done, move, all steps are done, exit 0')
  await line('quit', `opsconsole runs show ${run}`)
  expect((await console.ended).code).toBe(0)
  expect(await outcome(run)).toBe('done')
  // The primary screen all the time, no frames, and the bell for the question.
  expect(console.raw()).not.toContain('\x1b[?1049h')
  expect(console.raw()).not.toMatch(/[\u2500-\u257f]/)
  expect(console.raw()).toContain('\x07\x1b]9;move in dev is waiting for an answer\x07')
  expect(console.cursorShown()).toBe(true)
})

test('detached, come back to, aborted: what was done is undone', async () => {
  console = openTerminal(program, {args: ['--plain'], rows: 60, columns: 100})
  const run = await untilAsked('two')
  await line('decide later', 'The run keeps waiting')
  await line('detach', 'The run continues')
  await line('run', /waiting, move word=two/)
  await line('abort', 'Type one of: keep running, stop the run.')
  await console.question('keep running, stop the run.')
  await line('stop the run', /(undone|aborted), move/)
  expect(await outcome(run)).toBe('aborted')
  expect(existsSync(path.join(program.dir, 'written'))).toBe(false)
  console.press('ctrl-c')
  expect((await console.ended).code).toBe(0)
})
