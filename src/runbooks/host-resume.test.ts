import {describe, expect, test} from 'vitest'
import {prepareRun} from '../authoring/testing/memory-run.ts'
import type {TestRun} from '../authoring/testing/test-run.ts'
import {runbook} from './define.ts'
import type {Prompt, RunEvent} from './events.ts'
import {executeRun} from './execute.ts'
import {hostAnswerOf} from './host-answers.ts'
import {hosts, type HostsOptions} from './hosts.ts'
import {resumeRun} from './resume.ts'

const names = Array.from({length: 11}, (_, nth) => `web-${nth + 1}`)

const sample = (options: Partial<HostsOptions> = {}) =>
  runbook({
    name: 'many',
    summary: 'Many hosts',
    danger: 'disruptive',
    onFailure: 'leave',
    plan: () =>
      hosts(
        {
          id: 'restart',
          title: 'Restart',
          names,
          why: 'w',
          first: 1,
          batch: 4,
          onUnknown: 'recheck',
          verify: async ({$}) => (await $`probe`.nothrow()).exitCode === 0,
          ...options,
        },
        async ({$}) => void (await $`restart`),
      ),
  })

/** Hosts on which the work was begun, as often as it was, and what a probe sees there. */
class World {
  readonly begun: string[] = []
  readonly bad: ReadonlySet<string>
  constructor(bad: readonly string[] = []) {
    this.bad = new Set(bad)
  }
  readonly exec = (text: string) => {
    const host = /-- (\S+) /.exec(text)?.[1] ?? ''
    if (text.includes('probe')) return {exitCode: this.begun.includes(host) && !this.bad.has(host) ? 0 : 1}
    this.begun.push(host)
    return this.bad.has(host) ? {exitCode: 1, stderr: 'no'} : ''
  }
}

/** A whole run, and for each host the last event before the work on it was begun. */
async function whole(book: ReturnType<typeof sample>) {
  const world = new World()
  const at = new Map<string, number>()
  const run = await prepareRun(book, {
    exec: text => {
      const result = world.exec(text)
      const host = world.begun.at(-1) as string
      if (!text.includes('probe')) at.set(host, run.tools.journal.state().lastSeq)
      return result
    },
  })
  const result = run.result(await executeRun(run.tools))
  return {result, at}
}

/** The run as its journal was when its runner was killed, taken up by a person who looks at the hosts. */
async function takenUp(
  book: ReturnType<typeof sample>,
  events: readonly RunEvent[],
  world: World,
  say: (prompt: Prompt) => string = () => 'rerun',
): Promise<TestRun> {
  const run = await prepareRun(book, {
    exec: world.exec,
    answers: prompt => (prompt.kind === 'unknown' ? say(prompt) : undefined),
  })
  const {tools} = run
  for (const {v: _v, seq: _seq, at: _at, run: _run, ...body} of events) tools.journal.append(body)
  const ended = await resumeRun({
    ...tools,
    rebuild: () => tools.refreeze(tools.abort),
    inFlight: [],
    sources: () => [],
    override: undefined,
    unattended: false,
  })
  return run.result(ended)
}

describe('a runner killed after each event of its journal', () => {
  test('runs no host twice and forgets none', async () => {
    const {result, at} = await whole(sample())
    expect(result.outcome).toBe('done')
    const ends = result.events.findIndex(event => event.type === 'run-ended')
    const first = result.events.findIndex(event => event.type === 'step-started')
    let tried = 0
    for (let killed = first; killed < ends; killed += 1) {
      const events = result.events.slice(0, killed)
      const world = new World()
      const seq = events.at(-1)?.seq ?? 0
      world.begun.push(...names.filter(name => (at.get(name) ?? Infinity) <= seq))
      const again = await takenUp(sample(), events, world)
      expect(again.outcome, `killed after event ${killed}`).toBe('done')
      expect(world.begun.toSorted(), `killed after event ${killed}`).toEqual(names.toSorted())
      tried += 1
    }
    expect(tried).toBeGreaterThan(60)
  })

  test('never lets more hosts fail than may, but those of a batch', async () => {
    const bad = ['web-3', 'web-4', 'web-7', 'web-10']
    const {result, at} = await whole(sample({stopAfter: 2}))
    for (let killed = 8; killed < result.events.length - 1; killed += 1) {
      const events = result.events.slice(0, killed)
      const world = new World(bad)
      world.begun.push(...names.filter(name => (at.get(name) ?? Infinity) <= (events.at(-1)?.seq ?? 0)))
      const again = await takenUp(sample({stopAfter: 2, verify: async () => true}), events, world)
      const failed = again.events.filter(event => event.type === 'host-finished' && event.outcome === 'failed')
      expect(failed.length, `killed after event ${killed}`).toBeLessThanOrEqual(2 + 4)
    }
  })
})

describe('hosts that are settled on their own', () => {
  /** Nobody but a person can tell, and this one looks at each host. */
  const book = () => sample({onUnknown: 'ask'})
  const byLooking =
    (world: World) =>
    ({byHost}: Prompt): string => {
      const [host = ''] = byHost?.hosts ?? []
      return `${world.begun.includes(host) ? 'done' : 'rerun'} ${host}`
    }
  const worldAfter = (at: ReadonlyMap<string, number>, events: readonly RunEvent[]): World => {
    const world = new World()
    world.begun.push(...names.filter(name => (at.get(name) ?? Infinity) <= (events.at(-1)?.seq ?? 0)))
    return world
  }

  test('none runs twice and none is forgotten, wherever the runner was killed, also in the middle of settling', async () => {
    const {result, at} = await whole(book())
    let settled = 0
    for (let killed = 8; killed < result.events.length - 1; killed += 1) {
      const events = result.events.slice(0, killed)
      const world = worldAfter(at, events)
      const again = await takenUp(book(), events, world, byLooking(world))
      expect(again.outcome, `killed after event ${killed}`).toBe('done')
      expect(world.begun.toSorted(), `killed after event ${killed}`).toEqual(names.toSorted())
      const said = again.events.findIndex(event => event.type === 'host-settled')
      if (said === -1) continue
      // Killed again right after the first host was settled: it is asked about the others only.
      const [twice, host] = [again.events.slice(0, said + 1), hostOf(again.events[said])]
      const world2 = worldAfter(at, events)
      const third = await takenUp(book(), twice, world2, prompt => {
        expect(prompt.byHost?.hosts).not.toContain(host)
        return byLooking(world2)(prompt)
      })
      expect(third.outcome, `killed after event ${killed}, and while it was settled`).toBe('done')
      expect(world2.begun.toSorted()).toEqual(names.toSorted())
      settled += 1
    }
    expect(settled).toBeGreaterThan(10)
  })

  test('several are named at once, each with its record, and the step goes on when none is left', async () => {
    const {result, at} = await whole(book())
    const cut = result.events.findIndex(event => event.type === 'host-started' && event.host === 'web-5') + 1
    const events = result.events.slice(0, cut)
    const world = worldAfter(at, events)
    const said = ['done web-2,web-4', 'skip web-3,web-5']
    const asked: (readonly string[])[] = []
    const again = await takenUp(
      sample({onUnknown: 'ask', stopAfter: 2, verify: async () => true}),
      events,
      world,
      ({byHost}) => {
        asked.push(byHost?.hosts ?? [])
        return said.shift() ?? ''
      },
    )
    expect(asked).toEqual([
      ['web-2', 'web-3', 'web-4', 'web-5'],
      ['web-3', 'web-5'],
    ])
    expect(again.outcome).toBe('done')
    expect(again.events.filter(event => event.type === 'host-settled')).toMatchObject(
      ['web-2', 'web-4', 'web-3', 'web-5'].map(host => ({host, step: 'restart 2'})),
    )
    expect(again.events.find(event => event.type === 'saved' && event.key === 'restart: failed hosts')).toMatchObject({
      value: ['web-3', 'web-5'],
    })
  })

  test('of a step that was being taken back, those that are back are left alone', async () => {
    const undone: string[] = []
    const back = () =>
      runbook({
        ...sample({
          onUnknown: 'ask',
          verify: async () => true,
          undo: async ({host}) => void undone.push(host),
        }),
        onFailure: 'undo',
      })
    const run = await prepareRun(back(), {exec: new World(['web-3']).exec})
    const {events} = run.result(await executeRun(run.tools))
    const begun = events.filter(event => event.type === 'host-started' && event.phase === 'undo')
    const cut = events.findIndex(event => event === begun.findLast(event => hostOf(event) !== 'web-1')) + 1
    undone.length = 0
    const said = ['done web-2', 'rerun web-3,web-4,web-5']
    const again = await takenUp(back(), events.slice(0, cut), new World(), ({byHost}) => {
      expect(byHost?.choices).toEqual(['done', 'rerun'])
      return said.shift() ?? ''
    })
    expect(again.outcome).toBe('undone')
    expect(undone.toSorted()).toEqual(['web-1', 'web-3', 'web-4', 'web-5'])
  })

  test('what is no answer for a host is not taken', () => {
    const prompt = {byHost: {hosts: ['web-1', 'web-2'], choices: ['done', 'rerun']}} as const
    expect(hostAnswerOf(prompt, 'done web-2,web-1,web-2')).toEqual({choice: 'done', hosts: ['web-2', 'web-1']})
    for (const text of [
      'done',
      'done ',
      'done web-3',
      'done web-1,',
      'done web-1 web-2',
      'skip web-1',
      'abort web-1',
      '',
    ])
      expect(hostAnswerOf(prompt, text), text).toBeUndefined()
    expect(hostAnswerOf({}, 'done web-1')).toBeUndefined()
  })
})

const hostOf = (event: RunEvent | undefined): string => (event !== undefined && 'host' in event ? event.host : '')

test('what a host was begun for is recorded before it is done, its outcome after', async () => {
  const {result, at} = await whole(sample())
  for (const name of names) {
    const begin = result.events.find(event => event.type === 'host-started' && event.host === name)
    const end = result.events.find(event => event.type === 'host-finished' && event.host === name)
    expect(begin?.seq).toBeLessThanOrEqual(at.get(name) ?? 0)
    expect(end?.seq).toBeGreaterThan(at.get(name) ?? Infinity)
  }
})
