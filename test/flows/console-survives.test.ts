import {existsSync} from 'node:fs'
import {afterAll, afterEach, beforeAll, describe, expect, test} from 'vitest'
import {listRunIds, runFiles} from '../../src/store/runs/directory.ts'
import {readEvents, readRunState} from '../../src/store/runs/journal.ts'
import {readOutput} from '../../src/store/runs/output.ts'
import {deployByKeys} from '../program/deploy-by-keys.ts'
import {expectSoundTrail, FLIPS, type LabProgram, startLabProgram} from '../program/lab-program.ts'
import {until} from '../program/program.ts'
import {randomFrom} from '../program/random.ts'
import {openTerminal, type TerminalProgram} from '../program/terminal.ts'
import {countOf, seedOr} from '../reliability/sample.ts'

const SEED = seedOr(1)
const ROUNDS = countOf('R5 deploys')

let shop: LabProgram
let console: TerminalProgram
beforeAll(async () => {
  shop = await startLabProgram({rps: 60})
}, 180_000)
afterEach(() => console.stop())
afterAll(() => shop.stop(), 120_000)

/** With the keys that a person presses: from the overview to the deploy that has begun. */
async function beginDeploy(version: string): Promise<string> {
  console = openTerminal(shop.program)
  // Long enough for a busy machine to leave in the middle of it.
  await deployByKeys(console, {version, watch: '10s'})
  await console.gone('The run asks')
  return listRunIds(shop.program.stateDir).at(-1) as string
}

const journal = (run: string): string => runFiles(shop.program.stateDir, run).journal
const ways: readonly [string, (console: TerminalProgram) => void][] = [
  ['kill -9', console => console.signal('SIGKILL')],
  ['SIGHUP', console => console.signal('SIGHUP')],
  ['the terminal is closed', console => console.hangUp()],
]

describe(`the console is gone in the middle of a deploy (${ROUNDS} of each, seed ${SEED})`, () => {
  const random = randomFrom(SEED)
  let number = 0
  const rounds = ways.flatMap(([title, leave]) => Array.from({length: ROUNDS}, () => [title, leave] as const))
  test.each(rounds)(
    '%s: it ends soon; the deploy completes, and attaching shows all of it',
    async (_title, leave) => {
      const version = `1.${(number += 1)}.0`
      const run = await beginDeploy(version)
      // The answer is durable; from here to the end are the switch, the drain and the watch.
      const events = 1 + Math.floor(random() * 6)
      const before = readEvents(journal(run)).events.length
      await until('some more events, or the watch that lasts', () => {
        const watch = readRunState(journal(run), run).steps.find(({step}) => step.id === 'watch')
        return watch?.state === 'running' || readEvents(journal(run)).events.length >= before + events
      })
      expect(readRunState(journal(run), run).outcome).toBeUndefined()
      leave(console)
      await until('the end of the console', () => !existsSync(`/proc/${console.pid}`), 60_000)
      const attached = await shop.program.run('runs', 'attach', run)
      expect(attached.code, attached.stdout + attached.stderr).toBe(0)
      expect(attached.stdout).toContain(`${version} is live on`)
      const {lines} = readOutput(runFiles(shop.program.stateDir, run).output)
      expect(lines.length).toBeGreaterThan(10)
      for (const {text} of lines) expect(attached.stdout).toContain(text)
      const json = (await shop.program.run('runs', 'attach', run, '--json')).stdout
      const shown = json
        .split('\n')
        .flatMap(line => (line === '' ? [] : [JSON.parse(line) as {type: string; text: string}]))
      expect(shown.filter(each => each.type === 'output').map(each => each.text)).toEqual(lines.map(line => line.text))
      expect(shown.filter(each => each.type !== 'output')).toEqual(readEvents(journal(run)).events)
    },
    180_000,
  )

  test('a new console finds the run, its output and its end', async () => {
    const run = listRunIds(shop.program.stateDir).at(-1) as string
    console = openTerminal(shop.program)
    await console.see('Services')
    console.press('6')
    await console.see(run)
    console.press('enter')
    await console.see('all steps are done')
    console.press('q')
    expect(await console.ended).toMatchObject({code: 0})
    expect(console.alternate()).toBe(false)
  }, 60_000)
})

test(`the trail of all this verifies, and a flipped byte is found and named (${FLIPS})`, () =>
  expectSoundTrail(shop.program))
