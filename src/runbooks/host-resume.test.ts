import {describe, expect, test} from 'vitest'
import {prepareRun} from '../authoring/testing/memory-run.ts'
import type {TestRun} from '../authoring/testing/test-run.ts'
import {runbook} from './define.ts'
import type {RunEvent} from './events.ts'
import {executeRun} from './execute.ts'
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
async function takenUp(book: ReturnType<typeof sample>, events: readonly RunEvent[], world: World): Promise<TestRun> {
  const run = await prepareRun(book, {
    exec: world.exec,
    answers: ({kind}) => (kind === 'unknown' ? 'rerun' : undefined),
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

test('what a host was begun for is recorded before it is done, its outcome after', async () => {
  const {result, at} = await whole(sample())
  for (const name of names) {
    const begin = result.events.find(event => event.type === 'host-started' && event.host === name)
    const end = result.events.find(event => event.type === 'host-finished' && event.host === name)
    expect(begin?.seq).toBeLessThanOrEqual(at.get(name) ?? 0)
    expect(end?.seq).toBeGreaterThan(at.get(name) ?? Infinity)
  }
})
