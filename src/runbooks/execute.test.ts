import {afterEach, describe, expect, test, vi} from 'vitest'
import {type EngineOptions} from '../authoring/testing/memory-plan.ts'
import {prepareRun, TESTER} from '../authoring/testing/memory-run.ts'
import type {TestRun} from '../authoring/testing/test-run.ts'
import {OpsError} from '../errors.ts'
import type {Actor} from '../identity/actor.ts'
import {runbook, type Step, step} from './define.ts'
import type {AnswerQueue} from './answer-queue.ts'
import {executeRun} from './execute.ts'
import type {ExecuteTools} from './execute-tools.ts'
import type {LockHolder} from './ports.ts'

afterEach(() => void vi.useRealTimers())

const other: Actor = {...TESTER, name: 'bea', uid: 1001, evidence: 'kernel'}
const fails = (): Promise<never> => Promise.reject(new Error('no space left'))

/** Two steps that can be undone, the second as a test wants it. */
const steps = (second: Partial<Step> = {}): readonly Step[] => [
  step({
    id: 'one',
    title: 'One',
    run: async ({$}) => void (await $`one`),
    undo: async ({$}) => void (await $`undo one`),
  }),
  step({
    id: 'two',
    title: 'Two',
    run: async ({$}) => void (await $`two`),
    undo: async ({$}) => void (await $`undo two`),
    ...second,
  }),
]

const bookOf = (
  plan: readonly Step[],
  more: {
    readonly danger?: 'safe' | 'destructive'
    readonly onFailure?: 'leave'
    readonly unproven?: () => string | undefined
  } = {},
) =>
  runbook({name: 'unit', summary: 'Two steps', danger: 'disruptive', ...more, locks: () => ['here'], plan: () => plan})

type Changes = Partial<ExecuteTools> & {readonly changed?: Partial<ExecuteTools['request']>}

/** Carries it out with some of its tools replaced. */
async function carriedOut(
  plan: readonly Step[],
  change: (tools: ExecuteTools, stop: (reason: Error) => void) => Changes = () => ({}),
  {more, ...options}: EngineOptions & {readonly more?: Parameters<typeof bookOf>[1]} = {},
): Promise<TestRun> {
  const run = await prepareRun(bookOf(plan, more), options)
  const {changed, ...tools} = change(run.tools, run.stop)
  const request = {...run.tools.request, ...changed}
  return run.result(await executeRun({...run.tools, ...tools, request}))
}

/** The question is answered by nobody, until its time is up. */
const silence = ({answers}: ExecuteTools): AnswerQueue => ({
  ...answers,
  answerTo: (_id, _accepts, signal) =>
    new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error))),
})

/** Another person answers each question, if it takes that. */
const answersAs = (by: Actor, answer: string): AnswerQueue => ({
  answerTo: async (prompt, accepts) => {
    const request = {kind: 'answer', prompt, answer, reason: '', by, via: 'console'} as const
    if (!accepts(request)) throw new Error(`${answer} of ${by.name} is not taken`)
    return request
  },
  close: async () => {},
})

const exitCode = ({events}: TestRun): number | undefined =>
  events.flatMap(event => (event.type === 'run-ended' ? [event.exitCode] : []))[0]

describe('how a run ends', () => {
  test('done: every step in order', async () => {
    const run = await carriedOut(steps())
    expect(run).toMatchObject({
      outcome: 'done',
      reason: '',
      commands: ['one', 'two'],
      steps: {one: 'done', two: 'done'},
    })
    expect(exitCode(run)).toBe(0)
  })

  test('undone: a step fails, and what was done is taken back, newest first, itself included', async () => {
    const run = await carriedOut(steps({run: fails}))
    expect(run).toMatchObject({outcome: 'undone', reason: 'Two: no space left. 2 steps were undone.'})
    expect(run.undone).toEqual(['two', 'one'])
    expect(exitCode(run)).toBe(3)
  })

  test('failed: there was nothing to undo', async () => {
    const run = await carriedOut([step({id: 'a', title: 'A', run: fails})])
    expect(run).toMatchObject({outcome: 'failed', reason: 'A: no space left. There was nothing to undo.'})
    expect(exitCode(run)).toBe(1)
  })

  test('failed: everything is left for a person, where the runbook or the policy says so', async () => {
    const run = await carriedOut(steps({run: fails}), undefined, {more: {onFailure: 'leave'}})
    expect(run).toMatchObject({outcome: 'failed', reason: 'Two: no space left. Left as it is.', undone: []})
  })

  test('undo failed: it stops at the undo that fails', async () => {
    const run = await carriedOut(steps({run: fails, undo: () => Promise.reject(new Error('no answer'))}))
    expect(run).toMatchObject({
      outcome: 'undo failed',
      reason: 'Two: no space left. Undoing Two failed: no answer',
      undone: [],
      steps: {one: 'done', two: 'undo failed'},
    })
    expect(exitCode(run)).toBe(4)
  })

  test('aborted: by a person while a step runs; what was done is undone', async () => {
    let abort: (reason: Error) => void = () => {}
    const waits: Step['run'] = ({signal}) =>
      new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason as Error))
        abort(new OpsError('cancelled/interrupted', 'aborted by bea: wrong night'))
      })
    const run = await carriedOut(steps({run: waits}), (_tools, stop) => {
      abort = stop
      return {}
    })
    expect(run).toMatchObject({outcome: 'aborted', undone: ['two', 'one']})
    expect(run.reason).toBe('Two: aborted by bea: wrong night. 2 steps were undone.')
    expect(exitCode(run)).toBe(5)
  })

  test('aborted: the start was not confirmed, and nothing was touched', async () => {
    const run = await carriedOut(steps(), undefined, {answers: {start: 'no'}, more: {danger: 'destructive'}})
    expect(run).toMatchObject({outcome: 'aborted', reason: 'the start was not confirmed', commands: []})
    expect(run.events.some(event => event.type === 'lock-acquired')).toBe(false)
  })

  test('aborted: nobody confirmed the start in time', async () => {
    const run = await carriedOut(steps(), tools => ({answers: silence(tools), expiryMs: 0}), {
      more: {danger: 'destructive'},
    })
    expect(run).toMatchObject({outcome: 'aborted', reason: 'nobody confirmed the start in time', commands: []})
  })

  test('locked: another run holds what it wants', async () => {
    const refused = {run: 'another', lock: 'l9'} as LockHolder
    const run = await carriedOut(steps(), ({locks}) => ({
      locks: {...locks, acquire: () => ({refused, why: 'held by run another'})},
    }))
    expect(run).toMatchObject({outcome: 'locked', reason: 'test/here is locked: held by run another', commands: []})
    expect(exitCode(run)).toBe(6)
  })

  test('refused: the world changed since the plan was shown', async () => {
    let free = 9
    const sample = runbook({
      name: 'unit',
      summary: 'Facts',
      danger: 'disruptive',
      facts: async () => ({free: (free -= 1)}),
      plan: () => steps(),
    })
    const run = await prepareRun(sample, {})
    const ended = await executeRun(run.tools)
    expect(ended).toEqual({
      outcome: 'refused',
      reason: 'the world changed since the plan was shown: facts/free: 8 is now 7. Plan again.',
    })
    expect(exitCode(run.result(ended))).toBe(7)
  })

  test('refused: the stored plan was altered', async () => {
    const run = await carriedOut(steps(), ({request}) => ({
      changed: {plan: {...request.plan, locks: ['test/remote']}},
    }))
    expect(run).toMatchObject({outcome: 'refused', commands: []})
    expect(run.reason).toMatch(/the stored plan was altered/)
  })

  test('refused: what the facts ask for may not be', async () => {
    const forbidden = new OpsError('usage/read-only', 'the policy forbids it')
    const run = await carriedOut(steps(), () => ({refreeze: () => Promise.reject(forbidden)}))
    expect(run).toMatchObject({outcome: 'refused', reason: 'the policy forbids it', commands: []})
  })
})

describe('the gate is asked', () => {
  const notFrom = (id: string | undefined): Changes => ({
    whyNotAdmitted: async planned => (planned?.id === id ? 'the policy is read-only now' : undefined),
  })

  test('before the run: refused, and nothing was locked', async () => {
    const run = await carriedOut(steps(), () => notFrom(undefined))
    expect(run).toMatchObject({outcome: 'refused', reason: 'the policy is read-only now', commands: []})
    expect(run.events.some(event => event.type === 'lock-acquired')).toBe(false)
  })

  test('before each step: refused in the middle, and what was admitted before is undone', async () => {
    const run = await carriedOut(steps(), () => notFrom('two'))
    expect(run).toMatchObject({outcome: 'refused', commands: ['one', 'undo one'], undone: ['one']})
    expect(run.reason).toBe('Two: the policy is read-only now. 1 step was undone.')
  })

  test('once, right before the step, where nobody is asked and nothing looked at', async () => {
    const asked: (string | undefined)[] = []
    await carriedOut(steps(), () => ({whyNotAdmitted: async planned => void asked.push(planned?.id)}))
    expect(asked).toEqual([undefined, 'one', 'two'])
  })

  test('again when a person was asked: much may have changed', async () => {
    let asked = 0
    const run = await carriedOut(steps({confirm: 'Two?'}), () => ({
      whyNotAdmitted: async planned => (planned?.id === 'two' && (asked += 1) > 1 ? 'changes are frozen' : undefined),
    }))
    expect(run).toMatchObject({outcome: 'refused', commands: ['one', 'undo one']})
    expect(run.asked.map(({step: id}) => id)).toEqual([undefined, 'two'])
  })
})

describe('another person must approve it', () => {
  const approval = {expiresMs: 60_000, reason: 'the policy requires another person'}
  const changed = {started: true}

  test('and does: it goes on', async () => {
    const run = await carriedOut(steps(), () => ({changed, answers: answersAs(other, 'approve')}), {approval})
    expect(run.outcome).toBe('done')
  })

  test('the person who started it is not another', async () => {
    const run = await carriedOut(steps(), () => ({changed, answers: answersAs(TESTER, 'approve')}), {approval})
    expect(run).toMatchObject({outcome: 'failed', reason: 'approve of tester is not taken', commands: []})
  })

  test('and declines: aborted', async () => {
    const run = await carriedOut(steps(), () => ({changed, answers: answersAs(other, 'abort')}), {approval})
    expect(run).toMatchObject({outcome: 'aborted', reason: 'not approved by bea, no login', commands: []})
  })

  test('and nobody does in time: refused', async () => {
    const run = await carriedOut(steps(), tools => ({changed, answers: silence(tools)}), {
      approval: {...approval, expiresMs: 0},
    })
    expect(run).toMatchObject({outcome: 'refused', reason: 'nobody approved it in time', commands: []})
  })

  test('and nobody is at hand: suspended, without locks, and not ended', async () => {
    vi.useFakeTimers({toFake: ['setTimeout', 'clearTimeout']})
    const running = carriedOut(steps(), tools => ({answers: silence(tools), changed: {...changed, unattended: true}}), {
      approval,
    })
    await vi.advanceTimersByTimeAsync(1500)
    const run = await running
    expect(run).toMatchObject({outcome: 'suspended', commands: []})
    expect(run.reason).toMatch(/runs approve .* then `opsconsole runs resume/)
    expect(run.events.map(event => event.type)).toEqual([
      'run-started',
      'prompt-opened',
      'prompt-answered',
      'prompt-opened',
      'run-suspended',
    ])
  })

  test('the glass is broken with a reason: it goes on, and the journal says so', async () => {
    const run = await carriedOut(steps(), () => ({changed: {...changed, breakGlass: 'the site is down'}}), {approval})
    expect(run.outcome).toBe('done')
    expect(run.events.find(event => event.type === 'break-glass')).toMatchObject({reason: 'the site is down'})
  })
})

describe('the records', () => {
  test('the intent of a step is in the trail before the step is', async () => {
    const run = await prepareRun(
      bookOf([
        step({
          id: 'a',
          title: 'A',
          run: async () => {
            expect(run.audit.at(-1)).toMatchObject({action: 'step', phase: 'intent', step: 'a', target: 'A'})
            expect(run.tools.journal.state().steps[0]?.state).toBe('running')
          },
        }),
      ]),
      {},
    )
    expect(await executeRun(run.tools)).toEqual({outcome: 'done', reason: ''})
    expect(run.audit.map(({action, phase}) => `${action} ${phase}`)).toEqual([
      'run started intent',
      'answer decision',
      'lock acquired intent',
      'step intent',
      'step outcome',
      'run ended outcome',
    ])
  })

  test.each(['state/unwritable', 'audit/unwritable'] as const)('%s: the run does not end, it is left', async code => {
    const full = new OpsError(code, 'the disk is full')
    const run = carriedOut(steps({run: () => Promise.reject(full), check: async () => 'would change'}), ({audit}) => ({
      audit: {
        ...audit,
        append: entry => {
          if (entry.action === 'step' && entry.step === 'two') throw full
          return audit.append(entry)
        },
      },
    }))
    await expect(run).rejects.toBe(full)
  })

  test('another process works on this run: it is left to that one', async () => {
    const now = {process: {pid: 7, startTicks: 1, bootId: ''}, acquiredAt: 0} as LockHolder
    const run = carriedOut(steps(), ({locks, request}) => ({
      locks: {...locks, confirm: () => ({resource: `run/${request.run}`, now})},
    }))
    await expect(run).rejects.toMatchObject({code: 'run/held'})
  })

  test('closing notes that cannot be made do not spoil the run', async () => {
    const sample = {...bookOf(steps()), afterwards: () => JSON.parse('{') as readonly string[]}
    const run = await prepareRun(sample, {})
    const result = run.result(await executeRun(run.tools))
    expect(result.outcome).toBe('done')
    expect(result.afterwards).toEqual([expect.stringMatching(/^the runbook's own closing notes could not be made: /)])
  })
})

test('a run that is done but proves nothing ends as unproven, with its own exit code, and nothing is undone', async () => {
  const run = await carriedOut(steps(), undefined, {more: {unproven: () => '22 requests are too few'}})
  expect(run).toMatchObject({outcome: 'unproven', reason: '22 requests are too few'})
  expect(run.commands).toEqual(['one', 'two'])
  expect(await carriedOut(steps(), undefined, {more: {unproven: () => undefined}})).toMatchObject({outcome: 'done'})
})

test('a step that succeeded says no reason, though its verification names one beside its yes (F17)', async () => {
  const run = await carriedOut(
    steps({verify: async () => ({ok: true, reason: '/etc/app/token can be read by others'})}),
  )
  expect(run.outcome).toBe('done')
  expect(JSON.stringify(run)).not.toContain('can be read by others')
})

test('one that did not says the last that its verification named (F17)', async () => {
  const plan = steps({verify: async () => ({ok: false, reason: 'it still answers 503'}), timeout: '50ms'})
  expect(JSON.stringify(await carriedOut(plan))).toContain('it still answers 503')
})
