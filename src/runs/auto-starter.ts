import {randomUUID} from 'node:crypto'
import {neededConsent} from '../admission/needed-consent.ts'
import type {AlertStore} from '../alerts/alert-store.ts'
import {type AutoWorld, decideAuto} from '../alerts/auto/decide.ts'
import {type Attempt, type AutoRecord, changeAuto, keptAuto, type Refusal} from '../alerts/auto/record.ts'
import {outcomeWords} from '../alerts/auto/refuse.ts'
import type {Alert} from '../alerts/state.ts'
import type {Timelines} from '../alerts/timeline.ts'
import {messageOf} from '../errors.ts'
import {quietly} from '../units/quietly.ts'
import {callProgram} from './call-program.ts'
import {createReader} from './read.ts'
import {runOutcome} from './run-outcome.ts'
import {type AttemptContext, type AutoContext, noteAuto, noteBegun, startAttempt} from './start-attempt.ts'
import type {StarterContext} from './start-due.ts'

/** What an agent starts by itself because an alert fires and a policy says so. */
export interface AutoStarter {
  /** Looks at every alert that fires, and begins in the background what is to be begun. Nothing waits for it. */
  tend(signal: AbortSignal): void
  /** Resolves when no start is under way. */
  idle(): Promise<void>
}

export interface AutoTools {
  readonly alertStore: Pick<AlertStore, 'since'>
  readonly timelines: Pick<Timelines, 'add'>
  /** Finds out whose targets were probed since this agent began to watch: other alerts may be old. */
  readonly fresh: () => (alert: Pick<Alert, 'target'>) => boolean
}

export function openAutoStarter(
  context: AutoContext & Pick<StarterContext, 'tell'>,
  {alertStore, timelines, fresh}: AutoTools,
  call: typeof callProgram = callProgram,
): AutoStarter {
  const {records, clock} = context
  const attempting: AttemptContext = {...context, timelines, call, owner: randomUUID()}
  const busy = new Map<string, Promise<void>>()
  const reader = createReader(context)

  const worldNow = (): AutoWorld => {
    const {alerts, environments} = context.config()
    const isFresh = fresh()
    const guarded = environments.flatMap(each => neededConsent('disruptive', each).typed ?? [])
    return {
      policies: alerts.auto,
      alerts: alertStore.since(Number.MAX_SAFE_INTEGER).filter(each => each.state !== 'firing' || isFresh(each)),
      guarded: new Set(guarded),
      now: clock.now(),
    }
  }

  /** What became of a run, and a run that began without its being written down any more. */
  const follow = (attempt: Attempt): Attempt => {
    const {plan, ended} = attempt
    const run = attempt.run ?? (plan !== undefined && context.runs().run(plan).exists() ? plan : undefined)
    if (run === undefined || (ended !== undefined && ended.outcome !== 'lost')) return attempt
    const {outcome, state, endedAt} = runOutcome(reader, run, clock.now())
    if (outcome !== undefined) return {...attempt, run, ended: {at: endedAt, outcome}}
    if (state !== 'lost') return {...attempt, run, ended: undefined}
    return {...attempt, run, ended: ended ?? {at: endedAt, outcome: 'lost'}}
  }

  const look = (record: AutoRecord, world: AutoWorld) => {
    const followed = {...record, attempts: record.attempts.map(follow)}
    const verdict = decideAuto(world, followed)
    const open = new Map(record.attempts.map(each => [each.id, each]))
    const ended = verdict.record.attempts.filter(each => each.ended && open.get(each.id)?.ended === undefined)
    // It had begun when whoever started it died.
    const begun = verdict.record.attempts.filter(
      each => each.run !== undefined && open.has(each.id) && open.get(each.id)?.run === undefined,
    )
    return {...verdict, begun, ended}
  }

  return {
    tend(signal) {
      const before = keptAuto(records)
      const isIdle = before.attempts.every(({ended}) => ended) && before.refusals.length === 0
      if (isIdle && context.config().alerts.auto.length === 0) return
      const world = worldNow()
      let seen = look(before, world)
      // Most looks change nothing, and write nothing.
      if (JSON.stringify(seen.record) !== JSON.stringify(before))
        seen = changeAuto(records, record => {
          const result = look(record, world)
          return {kept: result.record, result}
        })
      tellAll(attempting, seen)
      for (const attempt of seen.starts) {
        const policy = world.policies.find(({name}) => name === attempt.policy)
        if (policy === undefined || busy.has(attempt.id) || signal.aborted) continue
        const starting = startAttempt(attempting, attempt, policy, signal)
        busy.set(
          attempt.id,
          starting
            .catch((error: unknown) =>
              quietly(() => noteAuto(attempting, attempt, {outcome: 'refused', reason: messageOf(error)})),
            )
            .finally(() => busy.delete(attempt.id)),
        )
      }
    },
    idle: async () => void (await Promise.all(busy.values())),
  }
}

interface AutoNews {
  readonly begun: readonly Attempt[]
  readonly ended: readonly Attempt[]
  readonly refused: readonly Refusal[]
}

function tellAll(context: AttemptContext, {begun, ended, refused}: AutoNews): void {
  for (const each of begun) noteBegun(context, each)
  for (const each of ended)
    noteAuto(context, each, {
      outcome: 'ended',
      reason: outcomeWords(each),
      ...(each.run !== undefined && {run: each.run}),
    })
  for (const each of refused) {
    const [outcome, did] = each.gaveUp ? ['gave up', 'gave up'] : ['refused', 'starts nothing']
    noteAuto(context, each, {outcome, reason: `${did}: ${each.words}`})
  }
}
