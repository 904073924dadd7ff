import type {Row} from '../../connections/postgres/kept.ts'
import type {LockHolder} from '../../runbooks/ports.ts'
import {formatDuration} from '../../units/duration.ts'

/** A row with its times as the server counts them, so that clocks of hosts need not agree. */
export interface SharedRow {
  readonly holder: LockHolder
  /** Milliseconds of lease that are left; not positive: it ran out. */
  readonly leftMs: number
}

/** Times become moments of this host's clock, for people. */
export function toSharedRow(row: Row, now: number): SharedRow {
  const text = (name: string): string => row[name] ?? ''
  const count = (name: string): number => Number(row[name])
  const leftMs = count('left_ms')
  const step = row['step']
  return {
    leftMs,
    holder: {
      lock: text('lock'),
      resource: text('resource'),
      scope: 'shared',
      run: text('run'),
      actor: text('actor'),
      reason: text('reason'),
      host: text('host'),
      process: {pid: count('pid'), startTicks: count('start_ticks'), bootId: text('boot_id')},
      fence: count('fence'),
      acquiredAt: Math.round(now - count('held_ms')),
      heartbeatAt: Math.round(now - count('renewed_ms')),
      expiresAt: Math.round(now + leftMs),
      ...(step == null ? {} : {step}),
    },
  }
}

/**
 * Why the holder keeps a shared lock; undefined when it may be taken. A lease that ran out is not enough: with a step in
 * flight nobody knows what became of it, so a person decides.
 */
export function whyShared(
  {holder, leftMs}: SharedRow,
  claim: {readonly run: string},
  here: {
    readonly host: string
    readonly bootId: string
    readonly hasEnded: (run: string) => boolean
    readonly now: number
  },
): string | undefined {
  // Whoever works on the run holds its local claim, so the process that took this row before is gone.
  const isHere = holder.process.bootId === here.bootId || holder.host === here.host
  if (holder.run === claim.run && isHere) return undefined
  const since = formatDuration(Math.max(0, here.now - holder.acquiredAt))
  const who = `run ${holder.run} of ${holder.actor} on ${holder.host} for ${since} (${holder.reason}), lock ${holder.lock}`
  if (leftMs > 0) return `held by ${who}, shared`
  if (holder.step === undefined) return undefined
  if (isHere && here.hasEnded(holder.run)) return undefined
  return `held by ${who}; its lease ran out ${formatDuration(-leftMs)} ago with the step "${holder.step}" in flight, and nobody knows whether that happened. Take it up on ${holder.host} with \`opsconsole runs settle ${holder.run}\` (or \`runs resume\`), or take the lock away with \`opsconsole lock release ${holder.lock}\``
}
