import {readdirSync, readFileSync, readlinkSync} from 'node:fs'
import {afterAll, afterEach, beforeAll, describe, expect, test} from 'vitest'
import {listRunIds, runFiles} from '../../src/store/runs/directory.ts'
import {readEvents, readRunState} from '../../src/store/runs/journal.ts'
import {readOutput} from '../../src/store/runs/output.ts'
import {createProgram, type Program, until} from '../program/program.ts'
import {randomFrom} from '../program/random.ts'
import {openTerminal, type TerminalProgram} from '../program/terminal.ts'
import {type Sshd, startSshd} from '../servers/sshd.ts'
import {countOf, isFull, seedOr} from '../reliability/sample.ts'

const SEED = seedOr(20261122)
const ROUNDS = countOf('R5')

const LINES = 120
const CHATTY = `import {runbook, step} from 'opsconsole'
export default runbook({name: 'chatty', summary: 'Says much', danger: 'disruptive', plan: () => ['one', 'two', 'three'].map(id => step({id, title: 'Say ' + id,
  run: async ({$}) => { await $\`for n in {1..${LINES / 3}}; do echo "\${id} $n"; sleep 0.005; done\` }}))})`

let program: Program
let sshd: Sshd
let console: TerminalProgram
beforeAll(async () => {
  program = createProgram()
  program.runbook('chatty', CHATTY)
  sshd = await startSshd()
})
afterEach(() => console.stop())
afterAll(async () => {
  program.remove()
  await sshd.stop()
})

/** Processes of the console; runners have a run's name among their arguments. */
const consoles = (): readonly number[] =>
  readdirSync('/proc')
    .filter(name => /^\d+$/.test(name))
    .map(Number)
    .filter(pid => {
      try {
        const words = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0')
        return (
          words.includes(program.cli) && !words.includes('runner') && readlinkSync(`/proc/${pid}/cwd`) === program.dir
        )
      } catch {
        return false
      }
    })

const journal = (run: string): string => runFiles(program.stateDir, run).journal

async function begin(overSsh: boolean): Promise<string> {
  const before = new Set(listRunIds(program.stateDir))
  console = openTerminal(program, overSsh ? {through: line => ['ssh', '-tt', ...sshd.args, '--', line]} : {})
  await console.see('Services')
  console.press('r')
  await console.see('type to find')
  console.type('chatty')
  console.press('enter')
  await console.question('Plan: chatty')
  console.press('s')
  await console.question('Start chatty?')
  // A question that has just appeared takes no keys; on a busy machine it may appear late.
  let pressed = performance.now()
  console.press('y', 'enter')
  return until('the run', () => {
    if (performance.now() - pressed > 3000 && console.screen().includes('Start chatty?')) {
      pressed = performance.now()
      console.press('y', 'enter')
    }
    const run = listRunIds(program.stateDir).find(each => !before.has(each))
    return run !== undefined && readEvents(journal(run)).events.length > 0 && run
  })
}

const ways: readonly [string, boolean, () => void][] = [
  ['kill -9', false, () => console.signal('SIGKILL')],
  ['SIGHUP', false, () => console.signal('SIGHUP')],
  ['the terminal is closed', false, () => console.hangUp()],
  ['sshd is killed', true, () => sshd.dropSessions()],
]

describe(`the console is gone at a random moment of a run, ${ROUNDS} times each way (seed ${SEED})`, () => {
  test.each(ways)(
    '%s: nothing of it is left, the run continues to its end, and attaching shows the whole output',
    async (_way, overSsh, leave) => {
      const random = randomFrom(SEED)
      for (let round = 0; round < ROUNDS; round += 1) {
        const run = await begin(overSsh)
        await new Promise(resolve => setTimeout(resolve, random() * 700))
        leave()
        await until('the end of the console', () => consoles().length === 0, 60_000)
        const attached = await program.run('runs', 'attach', run, '--json')
        const said = attached.stdout
          .split('\n')
          .flatMap(line => (line === '' ? [] : [JSON.parse(line) as {type: string; stream: string; text: string}]))
        const {lines} = readOutput(runFiles(program.stateDir, run).output)
        expect({round, run, code: attached.code, outcome: readRunState(journal(run), run).outcome}).toEqual({
          round,
          run,
          code: 0,
          outcome: 'done',
        })
        expect(lines.filter(line => line.stream === 'out').map(line => line.text)).toEqual(
          ['one', 'two', 'three'].flatMap(id => Array.from({length: LINES / 3}, (_, n) => `${id} ${n + 1}`)),
        )
        expect(said.filter(each => each.type === 'output').map(each => each.text)).toEqual(lines.map(line => line.text))
        expect(said.filter(each => each.type !== 'output')).toEqual(readEvents(journal(run)).events)
        await console.stop()
      }
    },
    isFull('R5') ? 3_600_000 : 180_000,
  )
})
