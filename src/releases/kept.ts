import type {Memory} from '../kinds/memory.ts'
import {targetId} from '../monitors/sample.ts'
import {formatDuration} from '../units/duration.ts'
import type {ReleaseConfig} from './config.ts'
import {type Kept, type Left, readLeft} from './left.ts'
import {moment} from './moment.ts'

/** A slot whose time is over and that still runs, as far as our runs know. */
export interface DueSlot {
  readonly environment: string
  readonly release: string
  readonly slot: string
  /** Why it is ended, for the audit trail. */
  readonly reason: string
}

/** The slots that are to be ended now: what an agent looks for. */
export function dueSlots(
  releases: readonly (ReleaseConfig & {readonly environment: string})[],
  memory: Memory,
  now: number,
): readonly DueSlot[] {
  return releases.flatMap(({environment, name, keepOldSlot}) => {
    const {kept} = readLeft(memory, targetId('release', environment, name))
    if (kept === null || !isDue(kept, now)) return []
    const reason = `keepOldSlot (${formatDuration(keepOldSlot)}) is over: run ${kept.run} left ${versionOf(kept)} on ${kept.slot}`
    return [{environment, release: name, slot: kept.slot, reason}]
  })
}

export const isDue = (kept: Kept, now: number): boolean => kept.ended === null && kept.until <= now

/** With another version, or after its end, it is another way back, and its time begins anew. */
export const startedAgain = (kept: Kept, started: Pick<Kept, 'version' | 'until' | 'run'>): Kept =>
  kept.ended === null && kept.version === started.version ? kept : {...kept, ...started, ended: null}

export const versionOf = ({version}: Pick<Kept, 'version'>): string => version ?? 'an unknown version'

/** Until when the slot is there to go back to, or since when it is not; undefined when nothing is known of that. */
export function keptWords({kept}: Pick<Left, 'kept'>, slot: string): string | undefined {
  if (kept?.slot !== slot) return undefined
  if (kept.ended !== null)
    return `${versionOf(kept)} on ${slot} was ended at ${moment(kept.ended)}, ${kept.ended < kept.until ? 'before' : 'when'} its time was over`
  return `kept until ${moment(kept.until)}`
}
