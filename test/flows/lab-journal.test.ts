import {afterAll, beforeAll, expect, test} from 'vitest'
import {listRunIds} from '../../src/store/runs/directory.ts'
import {deployByKeys} from '../program/deploy-by-keys.ts'
import {expectSoundTrail, FLIPS, type LabProgram, startLabProgram} from '../program/lab-program.ts'
import {eventsOf} from '../program/program.ts'
import {openTerminal, type TerminalProgram} from '../program/terminal.ts'

let shop: LabProgram
let seen: TerminalProgram | undefined
beforeAll(async () => {
  shop = await startLabProgram({rps: 40})
  // Both slots have had a deploy, so that both runs meet the same world.
  for (const version of ['1.0.1', '1.0.2'])
    expect(await shop.unattended('deploy', '-p', `version=${version}`, '-p', 'watch=1s')).toMatchObject({code: 0})
}, 180_000)
afterAll(async () => {
  await seen?.stop()
  await shop.stop()
}, 120_000)

type Event = Record<string, unknown> & {type: string}

async function journalOf(run: string): Promise<readonly Event[]> {
  return eventsOf((await shop.program.run('runs', 'attach', run, '--json')).stdout)
}

const newestRun = (): string => listRunIds(shop.program.stateDir).at(-1) as string

/** From the overview to the end of the run, with the keys that a person presses. */
async function wholeDeploy(version: string): Promise<string> {
  const console = (seen = openTerminal(shop.program))
  await deployByKeys(console, {version, watch: '2s'})
  await console.see('all steps are done')
  const run = newestRun()
  console.press('q')
  expect(await console.ended).toMatchObject({code: 0})
  expect(console.alternate()).toBe(false)
  expect(console.normalScreen()).toContain(`opsconsole runs show ${run}`)
  return run
}

/** Who, when, which process and how long may differ; slots and versions are called by what they were in this run. */
function comparable(events: readonly Event[]): readonly string[] {
  const {facts} = (events[0] as Event)['plan'] as {facts: {version: string; live: {slot: string; version: string}}}
  const run = String(events[0]?.['run'])
  const other = facts.live.slot === 'blue' ? 'green' : 'blue'
  const said = (text: string): string =>
    text
      .replaceAll(run, 'RUN')
      .replaceAll(facts.version, 'NEW')
      .replaceAll(facts.live.version, 'OLD')
      .replaceAll(facts.live.slot, 'LIVE')
      .replaceAll(other, 'IDLE')
      .replaceAll(/[0-9a-f]{64}/g, 'HASH')
      .replaceAll(/\d+(\.\d+)?/g, '#')
      .replaceAll(/# (ms|s)\b/g, '# TIME')
  const left = new Set([
    'v',
    'seq',
    'at',
    'run',
    'actor',
    'by',
    'via',
    'process',
    'durationMs',
    'usualMs',
    'expiresAt',
    'lock',
    'fence',
  ])
  return events.map(event => said(JSON.stringify(event, (key, value: unknown) => (left.has(key) ? undefined : value))))
}

test('the same runbook by keys in a terminal and unattended writes the same journal, event for event', async () => {
  const byKeys = await journalOf(await wholeDeploy('1.1.0'))
  const ended = await shop.unattended('deploy', '-p', 'version=1.2.0', '-p', 'watch=2s', '--json')
  expect(ended.code, ended.stdout + ended.stderr).toBe(0)
  const unattended = await journalOf(String(eventsOf(ended.stdout)[0]?.['run']))
  expect(comparable(byKeys)).toEqual(comparable(unattended))
  expect(byKeys.at(-1)).toMatchObject({type: 'run-ended', outcome: 'done', exitCode: 0})
  const answers = (events: readonly Event[]): unknown[] =>
    events.filter(event => event.type === 'prompt-answered').map(event => [event['answer'], event['via']])
  expect({byKeys: answers(byKeys), unattended: answers(unattended)}).toEqual({
    byKeys: [
      ['yes', 'console'],
      ['yes', 'console'],
    ],
    unattended: [
      ['yes', 'flag'],
      ['yes', 'flag'],
    ],
  })
  // What was printed while it ran is what the journal says afterwards.
  expect(eventsOf(ended.stdout)).toEqual(unattended)
}, 180_000)

test(`the trail of all this verifies, and a flipped byte is found and named (${FLIPS})`, () =>
  expectSoundTrail(shop.program))
