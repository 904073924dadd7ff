import type {AuditEntry, AuditLog} from '../audit/record.ts'
import type {Actor} from '../identity/actor.ts'
import type {RunEventBody} from './events.ts'
import type {Journal, RunRequest} from './ports.ts'

/** What a run is recorded with. */
export interface RecordingTools {
  readonly audit: AuditLog
  readonly journal: Journal
  readonly request: RunRequest
}

type Entry = Omit<AuditEntry, 'environment' | 'run' | 'journal'>

/** Into the trail, as part of this run. */
export function record(tools: RecordingTools, entry: Entry, by?: Actor): void {
  const {audit, journal, request} = tools
  if (inDryRunOnly(tools, entry)) return
  audit.append({...entry, environment: request.environment, run: request.run, journal: journal.anchor()}, by)
}

/**
 * Into the trail and then into the journal: the trail names the very events that follow, so a journal can claim nothing
 * that was not. `noted`: durable with the next record.
 */
export function recordEvent(
  tools: RecordingTools,
  entry: Entry,
  events: RunEventBody | readonly RunEventBody[],
  {by, noted = false}: {readonly by?: Actor; readonly noted?: boolean} = {},
): void {
  const {audit, journal, request} = tools
  const prepared = journal.prepare(...[events].flat())
  const {environment, run} = request
  if (!inDryRunOnly(tools, entry)) audit.append({...entry, environment, run, journal: prepared.anchor}, by)
  prepared.write(!noted)
}

/** Steps of a dry run are left out of the trail: nothing happens in them. */
const inDryRunOnly = ({request}: RecordingTools, {action}: Entry): boolean =>
  request.dryRun && ['step', 'saved', 'host', 'undo host'].includes(action)
