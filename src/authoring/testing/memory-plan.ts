import {createHash} from 'node:crypto'
import {OpsError} from '../../errors.ts'
import type {ApprovalNeed} from '../../runbooks/approval.ts'
import type {Runbook, Step} from '../../runbooks/define.ts'
import {NO_HOST_RECORD} from '../../runbooks/host-record.ts'
import {DEFAULT_STEP_TIMEOUT_MS, freezePlan, type Frozen} from '../../runbooks/freeze.ts'
import type {LoadedRunbook} from '../../runbooks/load.ts'
import type {Ops} from '../../runbooks/ops.ts'
import {describeParams, parseParams, withoutSecrets} from '../../runbooks/params.ts'
import {systemClock} from '../../units/clock.ts'
import {parseDuration} from '../../units/duration.ts'
import {type FakeWorld, fakeWorld, opsOf} from './fake-world.ts'
import type {TestRunOptions} from './test-run.ts'

/** The same id for every run: what is made of it can be compared. */
export const RUN = '20200101-000000-test'

/** What a test of the engine may set beside what an author's test may. */
export interface EngineOptions extends TestRunOptions {
  readonly approval?: ApprovalNeed
}

/** A runbook that can be frozen, again and again, in a fake world. */
export interface MemoryPlan {
  readonly runbook: Runbook
  readonly world: FakeWorld
  readonly ops: Ops
  readonly params: Readonly<Record<string, unknown>>
  readonly freeze: () => Promise<Frozen>
}

export async function planInMemory(runbook: Runbook, options: EngineOptions): Promise<MemoryPlan> {
  const {signal} = new AbortController()
  const described = await describeParams(runbook)
  const params = parseParams(runbook, described, options.params ?? {})
  const loaded = hurried(runbook, options)
  const world = fakeWorld(options)
  const ops = opsOf(options)
  const nothing = {
    log: () => {},
    progress: () => {},
    save: () => {},
    saved: {},
    fence: 0,
    run: RUN,
    reason: '',
    hostRecord: NO_HOST_RECORD,
  }
  const freeze = (): Promise<Frozen> =>
    freezePlan({
      run: RUN,
      loaded,
      params,
      shownParams: withoutSecrets(described, params).shown,
      environment: {name: options.environment ?? 'test', protected: false},
      onFailure: options.onFailure ?? 'undo',
      approval: options.approval,
      retry: options.doneBefore && {run: 'earlier', done: options.doneBefore},
      redact: text => text,
      facts: {$: world.reading('facts'), ops, signal},
      usual: new Map(),
      usualRunMs: undefined,
      now: systemClock.now(),
      forecast: async step => {
        const context = {...nothing, $: world.reading('check'), ops, signal, idempotencyKey: `${RUN}/${step.id}`}
        return step.check?.(context) ?? 'cannot know'
      },
    })
  return {runbook: loaded.runbook, world, ops, params, freeze}
}

/** The runbook with given facts and short time limits. */
function hurried(runbook: Runbook, options: TestRunOptions): LoadedRunbook {
  const timeout = options.timeout ?? '5s'
  const longest = parseDuration(timeout)
  if (longest === undefined) throw new OpsError('usage/arguments', `${timeout} is not a duration`)
  const hurry = (step: Step): Step => {
    const own = step.timeout === undefined ? DEFAULT_STEP_TIMEOUT_MS : (parseDuration(step.timeout) ?? longest)
    return own <= longest ? step : {...step, timeout}
  }
  const changed: Runbook = {
    ...runbook,
    plan: context => runbook.plan(context).map(hurry),
    ...('facts' in options ? {facts: async () => options.facts as never} : {}),
  }
  return {runbook: changed, file: `${runbook.name}.ts`, hash: createHash('sha256').update(runbook.name).digest('hex')}
}
