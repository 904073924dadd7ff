import {existsSync, readdirSync, readFileSync, writeFileSync} from 'node:fs'
import path from 'node:path'
import {afterAll, beforeAll, expect, test} from 'vitest'
import {readEvents} from '../../src/store/runs/journal.ts'
import {keptFiles} from '../program/kept-files.ts'
import {createProgram, type Program, until} from '../program/program.ts'
import {settledView} from './faulty-run.ts'

const SECRET = 'correct-horse-battery'
const BOOK = `import {runbook, step} from 'opsconsole'
export default runbook({name: 'talks', summary: 'Talks on', danger: 'disruptive',
  plan: ({run}) => [step({id: 'talk', title: 'Talk', run: async ({$}) => {
    await $\`echo first; while [ ! -e go-\${run} ]; do sleep 0.02; done; cat db.url; printf 'x\\\\033[2Jy\\\\n' >&2; echo last\`
  }})]})`

let program: Program
beforeAll(() => {
  program = createProgram({
    config: 'project: shop\nenvironments: [{name: dev}]\ndatabases: [{name: shop, url: {file: db.url}}]\n',
  })
  writeFileSync(path.join(program.dir, 'db.url'), `postgres://app:${SECRET}@127.0.0.1:1/shop\n`)
  program.runbook('talks', BOOK)
})
afterAll(() => program.remove())

test('what a command said after its runner had died is shown when the run is taken up, and nothing raw stays behind', async () => {
  const {stdout} = await program.run('run', 'talks', '--yes', '--detach', '--json')
  const {run} = JSON.parse(stdout) as {run: string}
  const directory = path.join(program.stateDir, 'runs', run)
  const output = path.join(directory, 'output')
  await until('the first line', () => existsSync(output) && readFileSync(output, 'utf8').includes('"first"'))
  const [first] = readEvents(path.join(directory, 'journal')).events
  if (first?.type !== 'run-started') throw new Error('it did not begin')
  process.kill(first.process.pid, 'SIGKILL')
  writeFileSync(path.join(program.dir, `go-${run}`), '')
  const view = await settledView(program, run)
  expect(view.inFlight[0]).toContain('exit code 0')
  expect((await program.run('runs', 'settle', run, 'done', '--reason', 'its exit code')).stderr).toBe('')
  const attached = await program.run('runs', 'attach', run)
  const said = attached.stdout.split('\n').filter(line => /^ {4}( {2}|! )/.test(line))
  expect(said).toEqual(['      first', '      [redacted]', '      last', '    ! x^[[2Jy'])
  expect(readdirSync(path.join(directory, 'spool'))).toEqual([])
  for (const {bytes} of keptFiles(program.stateDir)) expect(bytes.toString('utf8')).not.toContain(SECRET)
})
