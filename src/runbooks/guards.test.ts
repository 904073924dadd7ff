import {describe, expect, test} from 'vitest'
import {prepareRun} from '../authoring/testing/memory-run.ts'
import type {TestRunOptions} from '../authoring/testing/test-run.ts'
import {testRunbook} from '../authoring/test-runbook.ts'
import {type Guard, runbook, type Step, step} from './define.ts'
import type {AnswerQueue} from './answer-queue.ts'
import {executeRun} from './execute.ts'
import {planGuard} from './plan-guard.ts'

/** Ends when it is stopped, or when the test says so. */
const waitsFor =
  (over: Promise<void>): NonNullable<Step['run']> =>
  ({signal}) =>
    new Promise((resolve, reject) => {
      const stop = (): void => reject(signal.reason as Error)
      // A guard may have been faster than the step.
      if (signal.aborted) stop()
      signal.addEventListener('abort', stop)
      void over.then(resolve)
    })
const never = new Promise<void>(() => {})

/** One step that is done and one that lasts, under a guard that looks again at once. */
function guarded(guard: Partial<Guard>, over = never, options: TestRunOptions = {}) {
  const sample = runbook({
    name: 'unit',
    summary: 'Guarded',
    danger: 'disruptive',
    guards: () => [{id: 'g', title: 'it answers', every: '1ms', failures: 1, condition: async () => true, ...guard}],
    plan: () => [
      step({id: 'one', title: 'One', run: async () => {}, undo: async ({$}) => void (await $`undo one`)}),
      step({id: 'two', title: 'Two', run: waitsFor(over)}),
    ],
  })
  return testRunbook(sample, options)
}

/** What it says at each look, the last of it for ever after. */
const looks = (...says: (boolean | string)[]): Guard['condition'] => {
  const left = [...says]
  return async () => {
    const said = (left.length > 1 ? left.shift() : left[0]) ?? true
    return typeof said === 'string' ? {ok: false, reason: said} : said
  }
}

const guardEvents = ({events}: Awaited<ReturnType<typeof guarded>>) =>
  events.flatMap(event => (event.type === 'guard' ? [[event.state, event.reason]] : []))

describe('a guard that does not hold', () => {
  test('stops the step that runs; what was done is undone, and nobody aborted it', async () => {
    const run = await guarded({condition: looks(true, '503')})
    expect(run).toMatchObject({outcome: 'undone', undone: ['one'], commands: ['undo one']})
    expect(run.reason).toBe('Two: the guard "it answers" does not hold: 503. 1 step was undone.')
    expect(guardEvents(run)).toEqual([['broken', '503']])
  })

  test('stops the run while it waits for a person', async () => {
    const sample = runbook({
      name: 'unit',
      summary: 'Asks',
      danger: 'disruptive',
      guards: () => [{id: 'g', title: 'it answers', every: '1ms', failures: 1, after: 'one', condition: looks('gone')}],
      plan: () => [
        step({id: 'one', title: 'One', run: async () => {}, undo: async () => {}}),
        step({id: 'two', title: 'Two', confirm: 'Continue?', run: async () => {}}),
      ],
    })
    const run = await prepareRun(sample, {})
    const answers: AnswerQueue = {...run.tools.answers, answerTo: (_id, _accepts, signal) => late(signal)}
    const ended = await executeRun({...run.tools, answers, request: {...run.tools.request, started: true}})
    expect(run.result(ended)).toMatchObject({outcome: 'undone', undone: ['one']})
    expect(ended.reason).toBe('Two: the guard "it answers" does not hold: gone. 1 step was undone.')
  })

  test('so many times in a row as it says, and not before; the first is told', async () => {
    const run = await guarded({failures: 3, condition: looks('slow', 'slow', 'gone')})
    expect(guardEvents(run)).toEqual([
      ['failing', 'slow'],
      ['broken', 'gone (3 checks in a row)'],
    ])
  })

  test('and holds again: the run continues, and it counts from the beginning', async () => {
    let over = (): void => {}
    const done = new Promise<void>(resolve => (over = resolve))
    let look = 0
    const condition: Guard['condition'] = async () => {
      look += 1
      if (look === 6) over()
      return look > 4 || look === 2 || look === 3 ? true : {ok: false, reason: `look ${look}`}
    }
    const run = await guarded({failures: 2, condition}, done)
    expect(run.outcome).toBe('done')
    expect(guardEvents(run).slice(0, 4)).toEqual([
      ['failing', 'look 1'],
      ['holds', 'it holds again'],
      ['failing', 'look 4'],
      ['holds', 'it holds again'],
    ])
  })

  test.each<[string, Guard['condition'], string]>([
    ['says no', async () => false, 'it does not hold'],
    ['throws', () => Promise.reject(new Error('no route')), 'no route'],
    ['does not answer', ({signal}) => late(signal), 'it could not be checked within 5 ms'],
  ])('one that %s does not hold', async (_name, condition, reason) => {
    expect(guardEvents(await guarded({condition, timeout: '5ms'}))).toEqual([['broken', reason]])
  })
})

test('an undo is told which guard stopped the run, and none where a step failed', async () => {
  const stoppedBy: unknown[] = []
  const under = (condition: Guard['condition'], run: Step['run']) =>
    runbook({
      name: 'unit',
      summary: 'Undone',
      danger: 'disruptive',
      guards: () => [{id: 'g', title: 'it answers', every: '1ms', failures: 1, condition}],
      plan: () => [
        step({
          id: 'one',
          title: 'One',
          ...(run ? {run} : {}),
          undo: async context => void stoppedBy.push(context.stoppedBy),
        }),
      ],
    })
  await testRunbook(under(looks('503'), waitsFor(never)))
  await testRunbook(under(looks(true), () => Promise.reject(new Error('full'))))
  expect(stoppedBy).toEqual([{guard: 'g', reason: '503'}, undefined])
})

const late = (signal: AbortSignal): Promise<never> =>
  new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error)))

describe('a guard stands', () => {
  test('from the end of its step on', async () => {
    const seen: boolean[] = []
    let first = true
    const sample = runbook({
      name: 'unit',
      summary: 'After',
      danger: 'disruptive',
      guards: () => [
        {
          id: 'g',
          title: 'it answers',
          every: '1ms',
          failures: 1,
          after: 'one',
          condition: async () => {
            seen.push(first)
            return false
          },
        },
      ],
      plan: () => [
        step({
          id: 'one',
          title: 'One',
          run: async () => {
            // Without `after` it would have been looked at before this.
            await new Promise(resolve => setImmediate(resolve))
            first = false
          },
        }),
        step({id: 'two', title: 'Two', run: waitsFor(never)}),
      ],
    })
    expect((await testRunbook(sample)).outcome).toBe('failed')
    expect(seen).toEqual([false])
  })

  test('not in a dry run', async () => {
    const run = await guarded({condition: looks(false)}, Promise.resolve(), {dryRun: true})
    expect(run.outcome).toBe('done')
    expect(guardEvents(run)).toEqual([])
  })

  test('no longer than the steps: it is not looked at while what failed is undone', async () => {
    let looked = 0
    const condition = async (): Promise<boolean> => (looked += 1) > 0
    const sample = runbook({
      name: 'unit',
      summary: 'Fails',
      danger: 'disruptive',
      guards: () => [{id: 'g', title: 'it answers', every: '1ms', condition}],
      plan: () => [
        step({
          id: 'one',
          title: 'One',
          run: () => Promise.reject(new Error('no')),
          undo: async () => {
            const before = looked
            await new Promise(resolve => setTimeout(resolve, 10))
            expect(looked).toBe(before)
          },
        }),
      ],
    })
    expect(await testRunbook(sample)).toMatchObject({outcome: 'undone'})
  })
})

describe('a guard as it is frozen', () => {
  const guard: Guard = {id: 'g', title: 'it answers', condition: async () => true}
  const steps = [{id: 'one'}]

  test('has its times in milliseconds, and the defaults of the guide', () => {
    expect(planGuard(guard, steps)).toEqual({
      id: 'g',
      title: 'it answers',
      everyMs: 5000,
      timeoutMs: 5000,
      failures: 3,
    })
    expect(planGuard({...guard, every: '1m', timeout: '2s', failures: 1, after: 'one'}, steps)).toMatchObject({
      everyMs: 60_000,
      timeoutMs: 2000,
      failures: 1,
      after: 'one',
    })
  })

  test.each<[Partial<Guard>, RegExp]>([
    [{every: 'often'}, /guard "g": its every "often"/],
    [{timeout: '0s'}, /guard "g": its timeout "0s"/],
    [{failures: 0}, /guard "g": failures should be a whole number/],
    [{failures: 1.5}, /guard "g": failures should be a whole number/],
    [{after: 'two'}, /guard "g": its "after" is "two", but no step has that id/],
  ])('%j is refused by name', (wrong, message) => {
    expect(() => planGuard({...guard, ...wrong}, steps)).toThrow(message)
  })
})
