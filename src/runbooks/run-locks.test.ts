import {afterEach, describe, expect, test, vi} from 'vitest'
import {type MemoryTools, prepareRun} from '../authoring/testing/memory-run.ts'
import {OpsError} from '../errors.ts'
import {runbook, step} from './define.ts'
import type {RunEvent} from './events.ts'
import type {LockStore, LockHolder, SharedLocks} from './ports.ts'
import {confirmHold, endedByLoss, mayBegin, releaseLocks, takeLocks, whyNotHeld} from './run-locks.ts'

afterEach(() => void vi.useRealTimers())

const holder = (more: Partial<LockHolder> = {}): LockHolder => ({
  lock: 'l9',
  resource: 'test/db',
  scope: 'local',
  run: '20200101-000000-held',
  actor: 'bea',
  reason: 'nightly',
  host: 'ops2',
  process: {pid: 7, startTicks: 1, bootId: 'b'},
  fence: 9,
  acquiredAt: 0,
  heartbeatAt: 0,
  ...more,
})

const unreachable = (): Promise<never> =>
  Promise.reject(new OpsError('lock/unreachable', 'locks.example does not answer', {hint: 'Is it up?'}))

/** Shared locks that give what is asked for, fence 40 and upwards. */
function shared(more: Partial<SharedLocks> = {}): SharedLocks & {readonly said: string[]} {
  const said: string[] = []
  let fence = 40
  return {
    said,
    where: 'locks.example',
    acquire: async claim => {
      said.push(`acquire ${claim.resource} as ${claim.lock}`)
      return {held: holder({...claim, scope: 'shared', fence: (fence += 1)})}
    },
    confirm: async name => void said.push(`confirm ${name}`),
    surelyHeld: () => false,
    renew: () => {},
    renewEveryMs: 1000,
    release: async () => void said.push('release'),
    forget: () => void said.push('forget'),
    ...more,
  }
}

/** The tools of a run that wants `web` and `db`, with some replaced. */
async function toolsWith(
  more: Partial<MemoryTools> = {},
  request: Partial<MemoryTools['request']> = {},
): Promise<MemoryTools> {
  const sample = runbook({
    name: 'unit',
    summary: 'Locks',
    danger: 'disruptive',
    locks: () => ['web', 'db', 'web'],
    plan: () => [
      step({id: 'a', title: 'A', run: async () => {}}),
      step({id: 'b', title: 'B', run: async () => {}}),
      step({id: 'c', title: 'C', run: async () => {}, readOnly: true}),
    ],
  })
  const {tools} = await prepareRun(sample, {})
  const {plan, actor, reason, dryRun} = tools.request
  tools.journal.append({type: 'run-started', plan, actor, reason, dryRun, process: tools.process})
  return {...tools, ...more, request: {...tools.request, ...request}}
}

const seen = ({journal}: MemoryTools, type: RunEvent['type']): readonly RunEvent[] =>
  journal.events.filter(event => event.type === type)

const refusing = (locks: LockStore, times: number, by = holder()): LockStore => {
  let left = times
  return {
    ...locks,
    acquire: claim => {
      left -= 1
      return left >= 0 ? {refused: by, why: `held by ${by.actor}`} : locks.acquire(claim)
    },
  }
}

describe('locks are taken', () => {
  test('each once, in one order for everybody; the fence is the highest', async () => {
    const tools = await toolsWith()
    expect(await takeLocks(tools)).toEqual({fence: 2})
    expect(seen(tools, 'lock-acquired')).toMatchObject([
      {resource: 'test/db', fence: 1, scope: 'local'},
      {resource: 'test/web', fence: 2, scope: 'local'},
    ])
  })

  test('the shared one under the id of the local one, whose fence counts no more', async () => {
    const locks = shared()
    const tools = await toolsWith({shared: locks})
    expect(await takeLocks(tools)).toEqual({fence: 42})
    expect(locks.said).toEqual(['acquire test/db as l1', 'acquire test/web as l2'])
    expect(seen(tools, 'lock-acquired')).toMatchObject([
      {fence: 41, scope: 'shared'},
      {fence: 42, scope: 'shared'},
    ])
  })

  test('none in a dry run', async () => {
    const tools = await toolsWith({}, {dryRun: true})
    expect(await takeLocks(tools)).toEqual({fence: 0})
    expect(seen(tools, 'lock-acquired')).toEqual([])
  })

  test('not from who holds them: the run is locked, and says by whom', async () => {
    const {locks} = await toolsWith()
    const tools = await toolsWith({locks: refusing(locks, 1)})
    expect(await takeLocks(tools)).toEqual({outcome: 'locked', reason: 'test/db is locked: held by bea'})
  })

  test('not from who holds them on another host', async () => {
    const locks = shared({acquire: async () => ({refused: holder({scope: 'shared'}), why: 'held on ops2'})})
    expect(await takeLocks(await toolsWith({shared: locks}))).toEqual({
      outcome: 'locked',
      reason: 'test/db is locked: held on ops2',
    })
  })

  test('after a wait, as long as was asked for; who is waited for is told once', async () => {
    vi.useFakeTimers({toFake: ['setTimeout', 'clearTimeout', 'performance']})
    const {locks} = await toolsWith()
    const tools = await toolsWith({locks: refusing(locks, 3)}, {lockWaitMs: 2000})
    const taking = takeLocks(tools)
    await vi.advanceTimersByTimeAsync(1500)
    expect(await taking).toEqual({fence: 2})
    expect(seen(tools, 'lock-waiting')).toMatchObject([{resource: 'test/db', holder: 'test/db is locked: held by bea'}])
  })

  test('not for longer than that', async () => {
    vi.useFakeTimers({toFake: ['setTimeout', 'clearTimeout', 'performance']})
    const {locks} = await toolsWith()
    const taking = takeLocks(await toolsWith({locks: refusing(locks, 99)}, {lockWaitMs: 2000}))
    await vi.advanceTimersByTimeAsync(2500)
    expect(await taking).toMatchObject({outcome: 'locked'})
  })
})

describe('shared locks that do not answer', () => {
  test('lock the run, with the way out in the reason', async () => {
    const ended = await takeLocks(await toolsWith({shared: shared({acquire: unreachable})}))
    expect(ended).toEqual({
      outcome: 'locked',
      reason: expect.stringMatching(
        /^locks\.example does not answer\. A lock on test\/db would be local: .* Is it up\? .*`--local-lock REASON`$/,
      ) as string,
    })
  })

  test('are done without, when a person said so: decided in the trail, and left to expire', async () => {
    const locks = shared({acquire: unreachable})
    const tools = await toolsWith({shared: locks}, {localLock: 'I am alone'})
    expect(await takeLocks(tools)).toEqual({fence: 3})
    expect(locks.said).toEqual(['forget'])
    expect(seen(tools, 'local-lock')).toMatchObject([
      {by: {name: 'tester'}, reason: expect.stringMatching(/^I am alone \(/) as string},
    ])
    expect(seen(tools, 'lock-acquired')).toMatchObject([{scope: 'local'}, {scope: 'local'}])
  })

  test('for any other reason: that is not covered up', async () => {
    const broken = shared({acquire: () => Promise.reject(new TypeError('x is not a function'))})
    await expect(takeLocks(await toolsWith({shared: broken}))).rejects.toThrow('x is not a function')
  })
})

describe('before anything may begin, the locks are confirmed', () => {
  const lost = (now: LockHolder | undefined, resource = 'test/db') => ({confirm: () => ({resource, now})})
  const localLost = async (now: LockHolder | undefined, resource?: string): Promise<MemoryTools> => {
    const {locks} = await toolsWith()
    return toolsWith({locks: {...locks, ...lost(now, resource)}})
  }

  test('held, here and there: it may', async () => {
    const locks = shared()
    await expect(confirmHold(await toolsWith({shared: locks}), 'A')).resolves.toBeUndefined()
    expect(locks.said).toEqual(['confirm A'])
  })

  test('lost to another run: it may not, and says who has it', async () => {
    await expect(confirmHold(await localLost(holder()), 'A')).rejects.toMatchObject({
      code: 'lock/lost',
      message: expect.stringMatching(
        /^the lock on test\/db is no longer held by this run: run 20200101-000000-held of bea on ops2 .*\(nightly\)$/,
      ) as string,
    })
  })

  test('lost to nobody', async () => {
    await expect(confirmHold(await localLost(undefined), 'A')).rejects.toThrow(
      /it was released by force, and nobody holds it now$/,
    )
  })

  test('another process took this very run', async () => {
    const {request} = await toolsWith()
    await expect(confirmHold(await localLost(holder(), `run/${request.run}`), 'A')).rejects.toMatchObject({
      code: 'run/held',
    })
  })

  test('nothing is asked in a dry run', async () => {
    const tools = await localLost(undefined)
    await expect(confirmHold({...tools, request: {...tools.request, dryRun: true}}, 'A')).resolves.toBeUndefined()
  })

  test('the server does not answer, but its lease surely lasts: it may', async () => {
    const locks = shared({confirm: unreachable, surelyHeld: () => true})
    await expect(confirmHold(await toolsWith({shared: locks}), 'A')).resolves.toBeUndefined()
  })

  test('the server does not answer, and nobody can tell: it is asked once more, then it may not', async () => {
    let asked = 0
    const locks = shared({confirm: () => ((asked += 1), unreachable())})
    await expect(confirmHold(await toolsWith({shared: locks}), 'A')).rejects.toMatchObject({
      code: 'lock/lost',
      message: expect.stringMatching(/^nobody can tell whether this run still holds its locks/) as string,
    })
    expect(asked).toBe(2)
  })

  test('an undo is told why it may not begin; only a lost lock is a reason', async () => {
    expect(await whyNotHeld(await toolsWith(), 'undo A')).toBeUndefined()
    expect(await whyNotHeld(await localLost(undefined), 'undo A')).toMatch(/^the lock on test\/db/)
    const {request} = await toolsWith()
    await expect(whyNotHeld(await localLost(holder(), `run/${request.run}`), 'undo A')).rejects.toThrow(/took this run/)
  })

  test('an abort while the server is waited for ends the step, not the run', async () => {
    const stop = new AbortController()
    const reason = new Error('aborted by bea')
    const locks = shared({confirm: unreachable})
    const journal = (await toolsWith()).journal
    const tools = await toolsWith(
      {
        shared: locks,
        abort: stop.signal,
        journal: {
          ...journal,
          append: (...events) => {
            stop.abort(reason)
            return journal.append(...events)
          },
        },
      },
      {lockWaitMs: 60_000},
    )
    expect(await mayBegin(tools, 'A')).toEqual({outcome: 'aborted', reason: 'aborted by bea'})
  })
})

describe('a run that lost its lock', () => {
  test('before any step: locked, and nothing was changed', async () => {
    expect(endedByLoss(await toolsWith(), 'it is gone')).toEqual({
      outcome: 'locked',
      reason: 'it is gone. No step had started; nothing was changed.',
    })
  })

  test('after some: what was done stays, by name; what only read is not named', async () => {
    const tools = await toolsWith()
    for (const [id, end] of [
      ['a', 'done'],
      ['b', undefined],
      ['c', 'done'],
    ] as const) {
      tools.journal.append({type: 'step-started', step: id, attempt: 1, key: id, phase: 'run'})
      if (end)
        tools.journal.append({type: 'step-finished', step: id, phase: 'run', outcome: end, reason: '', durationMs: 1})
    }
    expect(endedByLoss(tools, 'it is gone')).toEqual({
      outcome: 'undo failed',
      reason: 'it is gone. No further step was started, and nothing was undone. What was done stays: A, B (running).',
    })
  })
})

describe('locks are given back', () => {
  test('here, and the journal says which', async () => {
    const {locks} = await toolsWith()
    const tools = await toolsWith({locks: {...locks, release: () => ['test/db']}})
    expect(await releaseLocks(tools)).toEqual([])
    expect(seen(tools, 'lock-released')).toMatchObject([{resource: 'test/db'}])
  })

  test('there, at the second try too', async () => {
    let tries = 0
    const locks = shared({release: async () => void ((tries += 1) === 1 && (await unreachable()))})
    expect(await releaseLocks(await toolsWith({shared: locks}))).toEqual([])
    expect(tries).toBe(2)
  })

  test('or a person is told what stays', async () => {
    const [left] = await releaseLocks(await toolsWith({shared: shared({release: unreachable})}))
    expect(left).toMatch(/^locks\.example does not answer\. The run has ended, but its shared locks stay/)
  })
})
