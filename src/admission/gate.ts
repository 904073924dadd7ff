import {ACCEPTED} from '../audit/chain.ts'
import type {AuditEntry, AuditLog} from '../audit/record.ts'
import {messageOf, OpsError} from '../errors.ts'
import type {Change} from './change.ts'
import type {Circumstances, Decision} from './decision.ts'
import {decide} from './rules.ts'
import {changeFreeze} from './rules/change-freeze.ts'

/** The one place that decides whether a change may happen. */
export interface Gate {
  /** Only asks: for keys that are shown or hidden, and for plans that say what they will need. */
  ask(change: Change): Decision
  /** Raises the refusal, which is then in the trail. */
  admit(change: Change): void
  /** Records a refusal that another room decided, such as one that is about a plan, and makes its error. */
  refuse(change: Change, refusal: Refused): OpsError
  /** A single change from its beginning to its end: admit, record the intent, do it, record the outcome. */
  carryOut<T>(change: Change, work: () => T | Promise<T>): Promise<T>
}

export interface GateTools {
  /** Opened only when something is recorded. */
  readonly audit: () => AuditLog
  /** Read anew each time: what was allowed a moment ago need not be so now. Raises what the configuration raises. */
  readonly circumstances: () => Circumstances
}

export function openGate({audit, circumstances}: GateTools): Gate {
  const now = (): Circumstances => lookedAtOnce(circumstances())
  const ask = (change: Change): Decision => decide(change, now())
  const refuse = (change: Change, refusal: Refused): OpsError =>
    refusalError(refusal, recordRefusal(audit, change, refusal))
  const admit = (change: Change): void => {
    const held = now()
    const decision = decide(change, held)
    if (!decision.allowed) throw refuse(change, decision)
    acceptBrokenTrail(audit, change, held)
    recordOverride(audit, change, held)
  }
  return {
    ask,
    admit,
    refuse,
    carryOut: async (change, work) => {
      admit(change)
      const entry = entryOf(change)
      audit().append({...entry, phase: 'intent'})
      try {
        const result = await work()
        audit().append({...entry, phase: 'outcome', outcome: 'done'})
        return result
      } catch (error) {
        audit().append({...entry, phase: 'outcome', outcome: 'failed', reason: messageOf(error)})
        throw error
      }
    },
  }
}

/** All rules of one decision go by the same configuration, and look at its file once. */
function lookedAtOnce(circumstances: Circumstances): Circumstances {
  let known: {readonly config: ReturnType<Circumstances['config']>} | undefined
  return {...circumstances, config: () => (known ??= {config: circumstances.config()}).config}
}

/** Who goes on although the trail is broken is in the trail before anything else is. */
function acceptBrokenTrail(audit: () => AuditLog, change: Change, circumstances: Circumstances): void {
  const {despiteBrokenTrail: reason} = circumstances
  if (reason === undefined || change.via === 'step') return
  const broken = circumstances.brokenTrail()
  if (broken === undefined) return
  const {environment = ''} = change
  audit().append({action: ACCEPTED, phase: 'decision', target: 'audit trail', environment, reason, detail: {broken}})
}

/** Who changes something in a change freeze is in the trail with the reason before it is changed. */
function recordOverride(audit: () => AuditLog, change: Change, circumstances: Circumstances): void {
  const {overrideFreeze: reason} = circumstances
  // A command asks once before it knows what it touches, and again when it does.
  if (reason === undefined || (change.consent === 'asked' && change.via !== 'run')) return
  const held = changeFreeze.refuse(change, {...circumstances, overrideFreeze: undefined})
  if (held === undefined) return
  const detail = {change: change.action, freeze: held.reason}
  audit().append({...entryOf(change), action: 'change freeze overridden', phase: 'decision', reason, detail})
}

export type Refused = Omit<Extract<Decision, {readonly allowed: false}>, 'allowed'>

/** A refusal as an error. `more` is what else must be known of it. */
function refusalError({code, reason, hint}: Refused, more?: string): OpsError {
  return new OpsError(code, reason, {hint: more === undefined ? hint : `${hint} ${more}`})
}

/** A trail that cannot be written lets nothing through; it need not keep anybody from being told so. */
function recordRefusal(audit: () => AuditLog, change: Change, {rule, reason}: Refused): string | undefined {
  try {
    const detail = {...change.detail, rule, via: change.via}
    audit().append({...entryOf(change), phase: 'decision', outcome: 'refused', reason, detail})
    return undefined
  } catch (error) {
    return `The refusal could not be recorded: ${messageOf(error)}.`
  }
}

const entryOf = ({
  action,
  target,
  environment,
  reason,
  command,
  run,
  step,
  detail,
}: Change): Omit<AuditEntry, 'phase'> => ({
  action,
  target,
  environment: environment ?? '',
  ...(reason === undefined || reason === '' ? {} : {reason}),
  ...(command === undefined ? {} : {command}),
  ...(run === undefined ? {} : {run}),
  ...(step === undefined ? {} : {step}),
  ...(detail === undefined ? {} : {detail}),
})
