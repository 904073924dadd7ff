import {describe, expect, test} from 'vitest'
import {z} from 'zod'
import {afterwardsOf, factsOf, locksOf, stepsOf} from './compose.ts'
import {type Runbook, runbook, step} from './define.ts'
import {testRunbook} from '../authoring/test-runbook.ts'

const dump = runbook({
  name: 'dump',
  summary: 'Dump',
  danger: 'disruptive',
  params: z.object({database: z.string().default('shop')}),
  locks: ({params}) => [`database:${params.database}`],
  facts: async ({$, params}) => ({size: (await $({reads: true})`size ${params.database}`).stdout}),
  plan: ({params, facts, run}) => [
    step({
      id: 'dump',
      title: `Dump ${params.database} of ${facts.size}`,
      run: async ({$, save, run: own}) => {
        await $`dump ${params.database} ${run} ${own}`
        save('file', `${params.database}.dump`)
      },
      verify: async ({saved}) => saved['file'] === `${params.database}.dump`,
      undo: async ({$, saved}) => void (await $`rm ${String(saved['file'])}`),
    }),
    step({id: 'keep', title: 'Keep', run: async ({$, saved}) => void (await $`keep ${String(saved['file'])}`)}),
  ],
  afterwards: ({saved}) => [`kept ${String(saved['file'])}`],
})

function outer(danger: 'safe' | 'disruptive' | 'destructive' = 'disruptive'): Runbook {
  return runbook({
    name: 'migrate',
    summary: 'Migrate',
    danger,
    locks: ({environment}) => [...locksOf(dump, environment), ...locksOf(dump, environment, {database: 'users'})],
    facts: async context => ({
      shop: await factsOf(dump, context),
      users: await factsOf(dump, context, {database: 'users'}),
    }),
    plan: context => [
      ...stepsOf(dump, context, {prefix: 'shop', facts: context.facts.shop}),
      ...stepsOf(dump, context, {prefix: 'users', facts: context.facts.users, params: {database: 'users'}}),
      step({
        id: 'migrate',
        title: 'Migrate',
        run: async ({$, saved}) => void (await $`migrate ${Object.keys(saved)}`),
      }),
    ],
    afterwards: context => afterwardsOf(dump, context, {prefix: 'users', facts: context.facts.users}),
  })
}

const exec = (command: string) => (command.startsWith('size') ? `10 ${command.slice(5)}` : '')

describe('a runbook inside of another', () => {
  test('its steps have ids of their own, and what they save stays among them', async () => {
    const run = await testRunbook(outer(), {exec})
    expect(run).toMatchObject({
      outcome: 'done',
      saved: {'shop/file': 'shop.dump', 'users/file': 'users.dump'},
      afterwards: ['kept users.dump'],
    })
    expect(run.commands).toEqual([
      'dump shop 20200101-000000-test-shop 20200101-000000-test-shop',
      'keep shop.dump',
      'dump users 20200101-000000-test-users 20200101-000000-test-users',
      'keep users.dump',
      'migrate shop/file users/file',
    ])
    expect(run.plan.steps.map(({id, title}) => [id, title])).toEqual([
      ['shop/dump', 'Dump shop of 10 shop'],
      ['shop/keep', 'Keep'],
      ['users/dump', 'Dump users of 10 users'],
      ['users/keep', 'Keep'],
      ['migrate', 'Migrate'],
    ])
    expect(run.plan.locks).toEqual(['test/database:shop', 'test/database:users'])
    expect(new Set(run.events.flatMap(event => (event.type === 'step-started' ? [event.key] : []))).size).toBe(5)
  })

  test('its undo is part of the outer undo, with what it had saved', async () => {
    const run = await testRunbook(outer(), {
      exec: command => (command.startsWith('migrate') ? {exitCode: 1} : exec(command)),
    })
    expect(run).toMatchObject({outcome: 'undone', undone: ['users/dump', 'shop/dump']})
    expect(run.commands.slice(-2)).toEqual(['rm users.dump', 'rm shop.dump'])
  })

  test('the outer one may not be less dangerous', async () => {
    await expect(testRunbook(outer('safe'), {exec})).rejects.toThrow(
      'step "shop/dump": it comes from a disruptive runbook, so this one is disruptive too',
    )
    expect((await testRunbook(outer('destructive'), {exec})).outcome).toBe('done')
  })

  test.each([
    [{prefix: 'A b'}, /cannot be a prefix/],
    [{prefix: 'a', params: {nope: 1}}, /dump has no parameter "nope"/],
    [{prefix: 'a', params: {database: 1}}, /dump: database: /],
  ])('%j is refused', (options, message) => {
    expect(() => stepsOf(dump, {environment: 'test', run: 'r'}, {facts: {size: ''}, ...options})).toThrow(message)
  })
})

describe('assisted steps', () => {
  const sample = runbook({
    name: 'assisted',
    summary: 'Assisted',
    danger: 'disruptive',
    plan: () => [
      step({
        id: 'move',
        title: 'Move it',
        mode: 'assisted',
        run: async ({$, save, log}) => {
          log('working')
          await $`stop ${'a b'}`
          save('stopped', true)
          const {stdout} = await $`state`
          if (stdout !== 'stopped') throw new Error('not stopped')
          await $`start`
        },
      }),
    ],
  })
  const world = (command: string) => (command === 'state' ? 'stopped' : '')

  test('show what they would run as far as that can be known, and run it on yes', async () => {
    const run = await testRunbook(sample, {exec: world})
    expect(run).toMatchObject({outcome: 'done', saved: {stopped: true}, log: ['working', 'stopped']})
    expect(run.asked.at(-1)).toMatchObject({
      text: 'Run it: Move it?',
      touches: [`$ stop $'a b'`, '$ state', 'what follows from this is unknown until run'],
    })
    expect(run.commands).toEqual([`stop $'a b'`, 'state', 'start'])
    expect(run.plan.steps[0]).toMatchObject({assisted: true, confirm: {text: 'Run it: Move it?'}})
  })

  test('run nothing without a yes', async () => {
    const seen: string[] = []
    const run = await testRunbook(sample, {exec: command => void seen.push(command), answers: {move: 'skip'}})
    expect(run).toMatchObject({outcome: 'done', steps: {move: 'skipped'}, commands: [], saved: {}})
    expect(seen).toEqual([])
  })

  test('need something to run', async () => {
    const empty = runbook({
      name: 'empty',
      summary: 'E',
      danger: 'safe',
      plan: () => [step({id: 'a', title: 'A', mode: 'assisted', manual: 'x'})],
    })
    await expect(testRunbook(empty)).rejects.toThrow('it is assisted, but has no run')
  })
})
