import {OpsError} from '../errors.ts'
import {isDue, keptWords, versionOf} from './kept.ts'
import type {Left} from './left.ts'
import type {SlotView} from './views.ts'
import {liveSlot, versionWords} from './slots.ts'

/** A slot that may be ended, and what is lost by it. */
export interface EndableSlot {
  readonly slot: string
  readonly version: string
  readonly live: {readonly slot: string; readonly version: string}
  /** The run that left it. */
  readonly run: string
  readonly instances: readonly {readonly id: string; readonly host: string}[]
}

/** See `ReleaseOps.endable`. Pure. */
export function endableSlot(
  slots: readonly SlotView[],
  left: Left,
  {now, early}: {readonly now: number; readonly early: boolean},
): EndableSlot {
  const {kept} = left
  if (kept === null || kept.ended !== null) throw refusal('no slot is kept to go back to')
  const live = liveSlot(slots)
  const slot = slots.find(one => one.name === kept.slot)
  if (slot === undefined || slot.name === live.name) throw refusal(`${kept.slot} takes the traffic`)
  if (!early && !isDue(kept, now))
    throw refusal(
      `${versionOf(kept)} on ${kept.slot} is ${keptWords(left, kept.slot)}`,
      'Give early=true to end it now.',
    )
  if (slot.instances.some(({version}) => version !== undefined && version !== kept.version))
    throw refusal(`${slot.name} runs ${versionWords(slot)}, which no run of ours left there`, 'Stop it yourself.')
  return {
    slot: slot.name,
    version: versionOf(kept),
    live: {slot: live.name, version: versionWords(live)},
    run: kept.run,
    instances: slot.instances.map(({id, host}) => ({id, host})),
  }
}

const refusal = (reason: string, hint = 'Nothing was stopped.'): OpsError =>
  new OpsError('release/not-ready', `there is no old slot to end: ${reason}`, {hint})
