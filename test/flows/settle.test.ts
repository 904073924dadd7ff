import {appendFileSync, existsSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import path from 'node:path'
import {afterAll, expect, test} from 'vitest'
import {encodeRecord} from '../../src/store/append-log.ts'
import {readEvents, readRunState} from '../../src/store/runs/journal.ts'
import {createProgram, until} from '../program/program.ts'

const program = createProgram({config: 'environments: [{name: dev}]\n'})
afterAll(() => program.remove())

/** Makes a file, then waits in its second step until it is let go. */
const BOOK = `
import {runbook, step} from 'opsconsole'
export default runbook({
  name: 'ground',
  summary: 'Builds on a file',
  danger: 'safe',
  plan: () => [
    step({
      id: 'file',
      title: 'Make the file',
      why: 'The next step stands on it',
      run: async ({$}) => void (await $\`echo made > ground.txt\`),
      verify: async ({$}) => ({ok: (await $\`test -e ground.txt\`.nothrow()).exitCode === 0, reason: 'ground.txt is gone'}),
      undo: async ({$}) => void (await $\`rm -f ground.txt; echo undone > undone.txt\`),
    }),
    step({id: 'wait', title: 'Wait', why: 'To be killed', run: async ({$}) => void (await $\`sleep 0.5\`)}),
    step({id: 'last', title: 'Last', why: 'w', run: async ({$}) => void (await $\`true\`)}),
  ],
})
`
const journalOf = (run: string): string => path.join(program.stateDir, 'runs', run, 'journal')
const file = (name: string): string => path.join(program.dir, name)

/** Starts it and kills its runner in the second step. */
async function lostRun(): Promise<string> {
  program.runbook('ground', BOOK)
  const started = await program.run('run', 'ground', '--detach', '--json')
  const {run} = JSON.parse(started.stdout) as {run: string}
  const pid = await until('the second step', () => {
    const {events} = readEvents(journalOf(run))
    const began = events.find(event => event.type === 'run-started')
    return events.some(event => event.type === 'command-process' && event.step === 'wait') && began?.process.pid
  })
  process.kill(pid, 'SIGKILL')
  await until('its command to end', async () => {
    const {stdout} = await program.run('runs', 'show', run, '--json')
    const view = JSON.parse(stdout) as {lost: boolean; inFlight: string[]}
    return view.lost && !view.inFlight.some(line => line.startsWith('still running'))
  })
  return run
}

test('a run whose ground moved is refused, and can still be undone', async () => {
  const run = await lostRun()
  rmSync(file('ground.txt'))
  const refused = await program.run('runs', 'resume', run)
  expect({code: refused.code, said: refused.stderr.includes('no longer holds: ground.txt is gone')}).toEqual({
    code: 7,
    said: true,
  })
  expect(readRunState(journalOf(run), run).outcome).toBeUndefined()
  const settled = await program.run('runs', 'settle', run, 'abort')
  expect(settled.stderr).toBe('')
  await program.run('runs', 'attach', run)
  expect(readRunState(journalOf(run), run).outcome).toBe('undone')
  expect(existsSync(file('undone.txt'))).toBe(true)
  expect(readEvents(journalOf(run)).events).toContainEqual(
    expect.objectContaining({type: 'step-settled', step: 'wait', choice: 'abort'}),
  )
})

test('an unknown step of a changed runbook can be settled with an override and a reason', async () => {
  const run = await lostRun()
  program.runbook('ground', BOOK.replace('To be killed', 'To be stopped'))
  const refused = await program.run('runs', 'settle', run, 'skip', '--reason', 'x')
  expect(refused.code).toBe(7)
  expect(refused.stderr).toContain('steps/1/why: "To be killed" is now "To be stopped"')
  expect((await program.run('runs', 'settle', run, 'done', '--override')).code).toBe(2)
  expect((await program.run('runs', 'settle', run, 'done', '--override', '--reason', 'a word')).stderr).toBe('')
  expect((await program.run('runs', 'attach', run)).code).toBe(0)
  expect(readFileSync(file('ground.txt'), 'utf8')).toBe('made\n')
})

test('a journal that claims what the trail does not know is refused and named, until a person says why', async () => {
  const run = await lostRun()
  const {events} = readEvents(journalOf(run))
  const seq = events.length + 1
  const claimed = {type: 'step-finished', step: 'wait', phase: 'run', outcome: 'done', reason: '', durationMs: 1}
  const record = encodeRecord(JSON.stringify({v: 1, seq, at: Date.now(), run, ...claimed}))
  appendFileSync(journalOf(run), record)

  const refused = await program.run('runs', 'resume', run)
  expect(refused.code).toBe(10)
  expect(refused.stderr).toContain(
    `record ${seq} is step-finished of step "wait" "done", of which the trail knows nothing`,
  )
  expect(refused.stderr).toContain('--accept-journal REASON')
  expect((await program.run('runs', 'settle', run, 'abort')).code).toBe(10)
  expect((await program.run('runs', 'show', run)).code).toBe(10)
  const verified = await program.run('audit', 'verify')
  expect({code: verified.code, text: verified.stdout}).toEqual({
    code: 1,
    text: expect.stringContaining(`journal of run ${run}: record ${seq} is step-finished`),
  })

  expect((await program.run('runs', 'resume', run, '--accept-journal', 'it was mine')).code).toBe(0)
  expect((await program.run('runs', 'show', run)).stderr).toBe('')
  const {stdout} = await program.run('audit', 'list', '--run', run, '--action', 'journal difference', '--json')
  expect(JSON.parse(stdout)).toMatchObject([{reason: 'it was mine', detail: {differences: [expect.any(String)]}}])
  expect((await program.run('audit', 'verify')).stdout).toContain('VERIFIED')
})

test('a lost run whose runbook is gone is refused in words, and undone by the text that it kept', async () => {
  const run = await lostRun()
  const book = file('runbooks/ground.ts')
  rmSync(book)
  for (const command of [
    ['resume', run],
    ['settle', run, 'done', '--reason', 'x'],
  ]) {
    const refused = await program.run('runs', ...command)
    expect({code: refused.code, said: refused.stderr}).toEqual({
      code: 7,
      said: expect.stringContaining(`cannot be resumed without its runbook: ${book} is missing`),
    })
  }
  const aborted = await program.run('runs', 'abort', run, '--reason', 'another branch')
  expect({code: aborted.code, stderr: aborted.stderr}).toEqual({code: 0, stderr: ''})
  await program.run('runs', 'attach', run)
  const state = readRunState(journalOf(run), run)
  expect({outcome: state.outcome, undone: existsSync(file('ground.txt'))}).toEqual({outcome: 'undone', undone: false})
  expect((await program.run('runs', 'show', run)).code).toBe(0)
})

test('a lost run of which nothing was kept that can be loaded ends all the same, and says what stays', async () => {
  const run = await lostRun()
  const request = path.join(program.stateDir, 'runs', run, 'request.json')
  const {sources: _sources, ...asked} = JSON.parse(readFileSync(request, 'utf8')) as {sources?: unknown}
  writeFileSync(request, JSON.stringify(asked))
  rmSync(file('runbooks/ground.ts'))
  expect((await program.run('runs', 'abort', run, '--reason', 'x')).stderr).toContain('request.json')
  const aborted = await program.run('runs', 'settle', run, 'abort', '--reason', 'x', '--accept-journal', 'cut by me')
  expect({code: aborted.code, stderr: aborted.stderr}).toEqual({code: 0, stderr: ''})
  await program.run('runs', 'attach', run)
  const {outcome, endReason} = readRunState(journalOf(run), run)
  expect(outcome).toBe('undo failed')
  expect(endReason).toContain('What was done stays: Make the file, Wait')
})

test('a recheck that does not say that it happened settles nothing', async () => {
  const run = await lostRun()
  const settled = await program.run('runs', 'settle', run, 'recheck')
  expect({code: settled.code, said: settled.stderr}).toEqual({
    code: 9,
    said: expect.stringContaining('wait: its recheck does not say that it happened; it is still unknown'),
  })
  await program.run('runs', 'abort', run, '--reason', 'over')
  await program.run('runs', 'attach', run)
})
