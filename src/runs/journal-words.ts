import {createHash} from 'node:crypto'
import {HASH_LENGTH} from '../audit/anchor.ts'
import type {AuditRecord} from '../audit/record.ts'
import type {RunEvent} from '../runbooks/events.ts'
import {escapeLine} from '../text/escape.ts'
import {named} from '../identity/named.ts'

/** A record of a journal as it is on disk. */
export interface JournalLine {
  readonly hash: string
  /** Undefined: it cannot be read. */
  readonly event: RunEvent | undefined
}

const HEADER = 18

export function readJournalLine(line: Uint8Array): JournalLine {
  const hash = createHash('sha256').update(line).digest('hex').slice(0, HASH_LENGTH)
  try {
    return {hash, event: JSON.parse(Buffer.from(line.subarray(HEADER, -1)).toString('utf8')) as RunEvent}
  } catch {
    return {hash, event: undefined}
  }
}

/** What a record of the journal says, as a clause. */
export function journalSays({event}: JournalLine): string {
  if (!event) return 'nothing that can be read'
  const {type} = event
  const step = 'step' in event && event.step !== undefined ? ` of step ${JSON.stringify(event.step)}` : ''
  const outcome = 'outcome' in event ? ` "${event.outcome}"` : ''
  const more =
    event.type === 'step-settled' || event.type === 'host-settled'
      ? ` "${event.choice}"`
      : event.type === 'prompt-answered'
        ? ` ${JSON.stringify(event.answer)} by ${event.by && named(event.by)}`
        : event.type === 'run-started' || event.type === 'run-resumed'
          ? ` by ${event.actor && named(event.actor)}`
          : ''
  return escapeLine(`${type}${step}${outcome}${more}`, 200)
}

/** What is kept of a record of the trail, to be quoted. */
export type TrailWord = Pick<AuditRecord, 'seq' | 'action' | 'phase' | 'step' | 'outcome' | 'actor'>

/** Which record of the trail it is, and what that says. */
export function trailSays({seq, action, phase, step, outcome, actor}: TrailWord): string {
  const of = step === undefined ? '' : ` ${JSON.stringify(step)}`
  const came = phase === 'intent' ? ' (intent)' : outcome === undefined ? '' : ` "${outcome}"`
  return escapeLine(`record ${seq} of the trail (${action}${of}${came}, by ${named(actor)})`, 300)
}

/** Kinds that the trail does not hear of, or hears of only with what follows. */
const UNHEARD: ReadonlySet<RunEvent['type']> = new Set([
  'command-finished',
  'command-process',
  'guard',
  'lock-released',
  'lock-waiting',
  'orphans',
  'prompt-opened',
  'step-retry',
])

/** Why a record cannot stand after the last word that the trail has of the journal; undefined: it may. */
export function whyNotAfter(
  line: JournalLine,
  last: TrailWord & Pick<AuditRecord, 'command'>,
  dryRun: boolean,
): string | undefined {
  const {event} = line
  const unheard = `is ${journalSays(line)}, of which the trail knows nothing: its last word is ${trailSays(last)}`
  if (!event || last.action === 'run ended' || last.action === 'run suspended') return unheard
  if (dryRun || UNHEARD.has(event.type)) return undefined
  if (event.type === 'step-started') return last.step === event.step && last.phase === 'intent' ? undefined : unheard
  if (event.type === 'command-started' && last.action === 'command')
    return last.step === event.step && last.command === event.text ? undefined : unheard
  return unheard
}
