import type {AutoPolicy} from '../alerts/auto/config.ts'
import {type Attempt, changeAuto, isPending} from '../alerts/auto/record.ts'
import type {Timelines} from '../alerts/timeline.ts'
import type {AuditEntry, AuditLog} from '../audit/record.ts'
import type {Actor} from '../identity/actor.ts'
import {quietly} from '../units/quietly.ts'
import type {StartNews, StarterContext} from './start-due.ts'
import {type OnceContext, startOnce} from './start-once.ts'

export type AutoContext = Omit<StarterContext, 'tell'> & {
  readonly audit: () => Pick<AuditLog, 'append'>
  readonly actor: () => Actor
}

export type AttemptContext = AutoContext &
  Pick<StarterContext, 'tell'> &
  OnceContext & {
    readonly timelines: Pick<Timelines, 'add'>
    /** The name of this process among those that try. */
    readonly owner: string
  }

type About = Pick<Attempt, 'alert' | 'policy' | 'environment'>

/** The next try to start what was refused or failed. */
const RETRY_MS = 60_000

/** Starts the run that answers an alert, with what its policy confirms and nothing else. */
export function startAttempt(
  context: AttemptContext,
  attempt: Attempt,
  {yes, confirm}: AutoPolicy,
  signal: AbortSignal,
): Promise<void> {
  const {owner, clock, records} = context
  const {runbook, alert, environment, number, policy} = attempt
  const reason = `policy ${policy}, run ${number}: ${alert} fires`
  const isMine = (kept: Attempt | undefined): kept is Attempt =>
    kept !== undefined && kept.owner === owner && isPending(kept)
  const change = (next: (kept: Attempt | undefined) => Attempt | undefined): Attempt | undefined =>
    changeAuto(records, record => {
      const result = next(record.attempts.find(({id}) => id === attempt.id))
      const others = record.attempts.filter(({id}) => id !== attempt.id)
      return {kept: result === undefined ? record : {...record, attempts: [...others, result]}, result}
    })
  return startOnce(
    context,
    {
      runbook: runbook.name,
      environment,
      params: runbook.params,
      yes,
      confirm,
      reason,
      claim: () => {
        const now = clock.now()
        const kept = change(each =>
          each && isPending(each) && now >= each.nextTryAt ? {...each, owner, nextTryAt: now + RETRY_MS} : undefined,
        )
        if (!isMine(kept)) return undefined
        appendAuto(context, attempt, {outcome: 'allowed', reason})
        return kept
      },
      planned: plan => isMine(change(each => (isMine(each) ? {...each, plan} : undefined))),
      begun: run => {
        let isNews = false
        change(each => {
          isNews = each?.run === undefined
          return {...(each ?? attempt), plan: run, run}
        })
        if (isNews) noteBegun(context, {...attempt, run})
      },
      failed: why => {
        change(each => (isMine(each) ? {...each, plan: undefined, reason: why} : undefined))
        if (why !== attempt.reason)
          noteAuto(context, attempt, {outcome: 'refused', reason: `${runbook.name} is not started: ${why}`})
      },
    },
    signal,
  )
}

export const noteBegun = (context: NoteContext, attempt: Attempt): void =>
  noteAuto(context, attempt, {
    outcome: 'started',
    reason: `started ${attempt.runbook.name}, run ${attempt.run}, ${attempt.number}`,
    ...(attempt.run !== undefined && {run: attempt.run}),
  })

type NoteContext = Pick<AttemptContext, 'audit' | 'actor' | 'clock' | 'tell' | 'timelines'>
type Said = Required<Pick<AuditEntry, 'outcome' | 'reason'>> & Pick<AuditEntry, 'run'>

const EVENTS: Readonly<Record<string, StartNews['event']>> = {started: 'run begun', ended: 'run ended'}

/** Says in timeline, trail and log what a policy did or did not do. */
export function noteAuto(context: NoteContext, about: About, said: Said): void {
  const {alert, policy, environment} = about
  const {reason, outcome} = said
  const text = `${policy}: ${reason}`
  quietly(() => context.timelines.add({alert, at: context.clock.now(), kind: 'auto', text}))
  appendAuto(context, about, said)
  const event = EVENTS[outcome] ?? 'run not begun'
  context.tell({
    level: event === 'run not begun' ? 'warning' : 'info',
    event,
    alert,
    environment,
    message: `${policy} for ${alert}: ${reason}`,
  })
}

/** What a policy does is in the trail as its doing, not as that of whoever started the agent. */
function appendAuto(
  {audit, actor}: Pick<AutoContext, 'audit' | 'actor'>,
  {alert, policy, environment}: About,
  said: Said,
): void {
  const who = {...actor(), name: `policy ${policy}`, from: `agent of ${actor().name}`}
  audit().append({action: 'auto run', target: `alert ${alert}`, environment, phase: 'decision', ...said}, who)
}
