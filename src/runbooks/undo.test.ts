import {describe, expect, test} from 'vitest'
import {type MemoryRun, prepareRun} from '../authoring/testing/memory-run.ts'
import type {TestRun, TestRunOptions} from '../authoring/testing/test-run.ts'
import {testRunbook} from '../authoring/test-runbook.ts'
import {runbook, type Step, step} from './define.ts'
import {executeRun} from './execute.ts'
import {undoSteps} from './undo.ts'

const fails = (): Promise<never> => Promise.reject(new Error('no'))

/** Steps that can be undone, changed by id, and a last one that fails. */
function failing(changes: Readonly<Record<string, Partial<Step>>> = {}) {
  const normal = ['a', 'b', 'c'].map(id =>
    step({
      id,
      title: id.toUpperCase(),
      run: async ({$}) => void (await $`run ${id}`),
      undo: async ({$}) => void (await $`undo ${id}`),
      ...changes[id],
    }),
  )
  return runbook({
    name: 'unit',
    summary: 'Goes back',
    danger: 'disruptive',
    plan: () => [...normal, step({id: 'end', title: 'END', run: fails})],
  })
}

const undoing = (
  changes: Readonly<Record<string, Partial<Step>>> = {},
  options: TestRunOptions = {},
): Promise<TestRun> => testRunbook(failing(changes), options)

describe('what was done is taken back', () => {
  test('newest first, each once, with what it saved at hand', async () => {
    const run = await undoing({
      a: {
        run: async ({save}) => save('key', 'value'),
        undo: async ({$, saved}) => void (await $`undo a with ${saved['key']}`),
      },
    })
    expect(run).toMatchObject({outcome: 'undone', undone: ['c', 'b', 'a']})
    expect(run.commands.slice(-3)).toEqual(['undo c', 'undo b', 'undo a with value'])
  })

  test('a step that failed in the middle too: it may have happened in part', async () => {
    const run = await undoing({b: {run: fails}})
    expect(run).toMatchObject({undone: ['b', 'a'], steps: {a: 'undone', b: 'undone', c: 'pending', end: 'pending'}})
  })

  test.each<[string, Partial<Step>, TestRunOptions]>([
    ['a person skipped', {confirm: 'B?'}, {answers: {b: 'skip'}}],
    ['its check found done', {check: async () => 'done'}, {}],
    ['was not needed', {when: false}, {}],
    ['only reads and has no undo', {readOnly: true, undo: undefined as never}, {}],
  ])('but not one that %s', async (_name, change, options) => {
    expect(await undoing({b: change}, options)).toMatchObject({outcome: 'undone', undone: ['c', 'a']})
  })

  test('up to the first that fails, since what comes before may rely on it', async () => {
    const run = await undoing({b: {undo: fails}})
    expect(run).toMatchObject({outcome: 'undo failed', undone: ['c'], steps: {a: 'done', b: 'undo failed'}})
    expect(run.reason).toBe('END: no. Undoing B failed: no')
  })

  test('one that does not come to its end in its own time has failed', async () => {
    const late: Step['undo'] = ({signal}) =>
      new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error)))
    const run = await undoing({c: {timeout: '20ms', undo: late}})
    expect(run).toMatchObject({outcome: 'undo failed', undone: []})
    expect(run.reason).toMatch(/^END: no\. Undoing C failed: .*timeout/)
  })

  test('in a dry run nothing is', async () => {
    expect((await undoing({b: {run: fails}}, {dryRun: true})).undone).toEqual([])
  })
})

/** A run whose steps were done up to the last, which failed, with nothing taken back yet. */
async function stopped(): Promise<
  MemoryRun & {readonly undo: (tools?: Partial<MemoryRun['tools']>) => ReturnType<typeof undoSteps>}
> {
  const run = await prepareRun({...failing(), onFailure: 'leave'}, {})
  await executeRun(run.tools)
  const frozen = await run.tools.refreeze(run.tools.abort)
  return {...run, undo: (tools = {}) => undoSteps({...run.tools, ...tools}, frozen, {index: 3, fence: 5})}
}

describe('each undo', () => {
  test('is in the trail and in the journal before it begins, and with its outcome after it', async () => {
    const run = await stopped()
    const before = {trail: run.audit.length, journal: run.tools.journal.events.length}
    expect(await run.undo()).toEqual({count: 3, failed: undefined})
    expect(run.audit.slice(before.trail).map(({action, phase, step: id}) => `${action} ${phase} ${id}`)).toEqual(
      ['c', 'b', 'a'].flatMap(id => [`undo intent ${id}`, `command intent ${id}`, `undo outcome ${id}`]),
    )
    const events = run.tools.journal.events.slice(before.journal).filter(event => 'step' in event && event.step === 'c')
    expect(events.map(event => event.type)).toEqual([
      'step-started',
      'command-started',
      'command-finished',
      'step-finished',
    ])
  })

  test('gets the fence of the run, and a signal of its own: that of the run is spent', async () => {
    const run = await stopped()
    const fences: number[] = []
    run.stop(new Error('aborted by bea'))
    const context: MemoryRun['tools']['context'] = (one, planned, options) => {
      fences.push(options.fence)
      expect(options.signal.aborted).toBe(false)
      return run.tools.context(one, planned, options)
    }
    expect(await run.undo({context})).toEqual({count: 3, failed: undefined})
    expect(fences).toEqual([5, 5, 5])
  })

  test('does not begin without the lock, and what was undone before it is counted', async () => {
    const run = await stopped()
    let left = 1
    const confirm: MemoryRun['tools']['locks']['confirm'] = () =>
      (left -= 1) < 0 ? {resource: 'test/here', now: undefined} : undefined
    const undone = await run.undo({locks: {...run.tools.locks, confirm}})
    expect(undone).toEqual({
      count: 1,
      failed:
        'Undoing B was not started, what was done stays: the lock on test/here is no longer held by this run: it was released by force, and nobody holds it now',
    })
  })

  test('is not done twice: a run that is taken up undoes the rest', async () => {
    const run = await stopped()
    await run.undo()
    expect(await run.undo()).toEqual({count: 0, failed: undefined})
  })
})
