import {setImmediate as turn} from 'node:timers/promises'
import {expect, test} from 'vitest'
import {ProcessOutput} from 'zx/core'
import {runbook, step} from './define.ts'
import {shellOf} from '../shell/shell-of.ts'
import {testRunbook} from '../authoring/test-runbook.ts'
import {withCommands} from './unfinished.ts'

/** A shell whose commands end when the test says so. */
function heldShell() {
  const held = new Map<string, {readonly end: () => void; readonly fail: () => void}>()
  const $ = shellOf(
    pieces => pieces.join(''),
    text =>
      new Promise((resolve, reject) => {
        held.set(text, {
          end: () => resolve(new ProcessOutput(0, null, text, '', text, '', 0)),
          fail: () => reject(new Error(`${text} failed`)),
        })
      }),
  )
  return {$, held}
}

test('work is over only when the commands that it did not wait for are', async () => {
  const {$, held} = heldShell()
  let over = false
  const work = withCommands({$}, async context => void context.$`slow`).then(() => (over = true))
  await turn()
  expect(over).toBe(false)
  held.get('slow')?.end()
  await work
})

test('the failure of a command that nobody awaits is the failure of the work', async () => {
  const {$, held} = heldShell()
  const work = withCommands({$}, async context => void context.$({label: 'x'})`slow`)
  await turn()
  held.get('slow')?.fail()
  await expect(work).rejects.toThrow('slow failed')
})

test('a failure that was caught stays caught, and the first of several is the one that is told', async () => {
  const {$, held} = heldShell()
  const caught = withCommands({$}, context => context.$`one`.catch(() => 'caught'))
  const first = withCommands({$}, async context => void (await Promise.all([context.$`two`, context.$`three`])))
  let over = false
  void first.catch(() => (over = true))
  await turn()
  held.get('one')?.fail()
  expect(await caught).toBe('caught')
  held.get('two')?.fail()
  await turn()
  expect(over, 'three still runs').toBe(false)
  held.get('three')?.fail()
  await expect(first).rejects.toThrow('two failed')
})

test('a step whose command was not awaited fails with its command, and is undone', async () => {
  const sample = runbook({
    name: 'forgetful',
    summary: 'Forgets to wait',
    danger: 'safe',
    plan: () => [
      step({
        id: 'forget',
        title: 'Forget',
        why: 'It happens',
        run: async ({$}) => void $`break things`,
        undo: async ({$}) => void (await $`fix things`),
      }),
      step({id: 'next', title: 'Next', why: 'Must not begin', run: async ({$}) => void (await $`go on`)}),
    ],
  })
  const run = await testRunbook(sample, {exec: command => ({exitCode: command === 'break things' ? 1 : 0})})
  expect(run.outcome).toBe('undone')
  expect(run.commands).toEqual(['break things', 'fix things'])
  expect(JSON.stringify(run)).toContain('a command without `await` before it: exit code 1 from break things')
})

test('a plan with an entry that is no step is refused in words', async () => {
  const plan = (): never => [{id: 'a', run: async () => {}}] as never
  const sample = runbook({name: 'odd', summary: 'Odd', danger: 'safe', plan})
  await expect(testRunbook(sample, {})).rejects.toThrow('entry 1 of its plan is not a step with a title')
})
