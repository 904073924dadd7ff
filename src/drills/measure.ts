import {DRILL_STOPPED, type DrillRecord} from '../backups/records.ts'

/** The moments of a restore drill, milliseconds since 1970, as its steps saved them. */
export interface DrillMoments {
  readonly environment: string
  readonly backup: string
  readonly run: string
  readonly chosen: {
    readonly id: string
    readonly pick: DrillRecord['pick']
    readonly takenAt: number
    /** Of the newest usable backup: what a disaster now would leave. */
    readonly newestTakenAt: number
    readonly storedBytes: number
    readonly databaseBytes: number
  }
  /** The assumed disaster, and the start of the recovery. */
  readonly startedAt: number
  readonly firstWriteAt: number | undefined
  readonly endedAt: number
  readonly phases: readonly DrillRecord['phases'][number][]
  readonly targets: DrillRecord['targets']
  readonly proof: DrillRecord['proof'] | undefined
  /** As whom and where it ran, and what would differ. */
  readonly world?: DrillRecord['world']
  /** Why the drill broke off; empty when it ran to its end. */
  readonly broke?: string
  /** It did not fail but was stopped, by a person or a deadline. */
  readonly stopped?: boolean
}

/** How RTO and RPO are told from the moments. Printed with every report. */
export const DRILL_FORMULA = {
  rto: 'first successful write on the restored database − start of the drill',
  rpo: 'start of the drill (the assumed disaster) − snapshot of the newest usable backup',
} as const

/** The measurements and the verdict. Pure. A drill passes when its copy is equal and both objectives are met. */
export function measureDrill(moments: DrillMoments): DrillRecord {
  const {chosen, startedAt, firstWriteAt, targets, proof} = moments
  const rtoMs = firstWriteAt === undefined ? null : Math.max(0, firstWriteAt - startedAt)
  const rpoMs = Math.max(0, startedAt - chosen.newestTakenAt)
  const {broke = '', stopped = false} = moments
  // What did not happen because of the first fault is not told as a fault of its own.
  const cause = stopped ? [`${DRILL_STOPPED}${broke}`] : broke === '' ? [] : [`broke off: ${broke}`]
  const consequences = [
    ...(rtoMs === null ? ['nothing could be written'] : rtoMs > targets.rtoMs ? ['RTO missed'] : []),
    ...(proof == null ? ['the copy was not compared'] : proof.ok ? [] : [`the copy differs: ${proof.reason}`]),
  ]
  const faults = [...(cause.length > 0 ? cause : consequences), ...(rpoMs > targets.rpoMs ? ['RPO missed'] : [])]
  return {
    v: 1,
    environment: moments.environment,
    backup: moments.backup,
    run: moments.run,
    ...chosen,
    startedAt,
    firstWriteAt: firstWriteAt ?? null,
    endedAt: moments.endedAt,
    phases: moments.phases.map(phase => ({...phase})),
    rtoMs,
    rpoMs,
    targets,
    proof: proof ?? null,
    world: moments.world ?? null,
    ok: faults.length === 0,
    reason: faults.length === 0 ? 'the copy is equal and both objectives are met' : faults.join('; '),
  }
}
