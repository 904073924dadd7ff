import {Counter, Gauge, Histogram} from 'prom-client'
import {boundedLabel} from './bounded-label.ts'
import type {MetricSource} from './metric-source.ts'
import {newOnes} from './new-ones.ts'

/** A run as far as metrics want it. */
export interface MeasuredRun {
  readonly id: string
  readonly runbook: string
  readonly startedAt: number
  readonly endedAt: number | undefined
  readonly durationMs: number | undefined
  /** `running`, `waiting`, `lost`, `suspended`, or how it ended. */
  readonly state: string
  readonly dryRun: boolean
}

/** So many of the newest runs are looked at each time. */
export const RUNS_MEASURED = 100
const RUNBOOKS = 100
const OPEN = ['running', 'waiting', 'suspended', 'lost']
const SECONDS = [1, 5, 15, 60, 300, 900, 3600, 14_400]

/** What becomes of runs, whoever started them: they are read when somebody asks. Dry runs are nobody's concern. */
export const runMetrics = (rows: () => readonly MeasuredRun[]): MetricSource => ({
  name: 'runs',
  open(registry, watchedSince) {
    const registers = [registry]
    const started = new Counter({
      name: 'opsconsole_runs_started_total',
      help: `Runs that began since this process watches; of more than ${RUNS_MEASURED} between two scrapes, the newest`,
      labelNames: ['runbook'] as const,
      registers,
    })
    const ended = new Counter({
      name: 'opsconsole_runs_ended_total',
      help: `Runs that ended since this process watches, by how they ended; of the newest ${RUNS_MEASURED} at each scrape`,
      labelNames: ['runbook', 'outcome'] as const,
      registers,
    })
    const duration = new Histogram({
      name: 'opsconsole_run_duration_seconds',
      help: 'How long runs took that ended since this process watches',
      labelNames: ['runbook'] as const,
      buckets: SECONDS,
      registers,
    })
    const open = new Gauge({
      name: 'opsconsole_runs_open',
      help: `Runs of the newest ${RUNS_MEASURED} that have not ended, by state`,
      labelNames: ['state'] as const,
      registers,
    })
    const label = boundedLabel(RUNBOOKS)
    const reading = newOnes(watchedSince)
    return () => {
      open.reset()
      for (const state of OPEN) open.set({state}, 0)
      const measured = rows().filter(({dryRun}) => !dryRun)
      const isNew = reading()
      for (const {id, state, startedAt, endedAt, durationMs, ...row} of measured) {
        const runbook = label(row.runbook)
        if (OPEN.includes(state)) open.inc({state})
        if (isNew(`${id} began`, startedAt)) started.inc({runbook})
        // One that is resumed ends again.
        if (endedAt === undefined || !isNew(`${id} ${endedAt}`, endedAt)) continue
        ended.inc({runbook, outcome: state})
        if (durationMs !== undefined) duration.observe({runbook}, durationMs / 1000)
      }
    }
  },
})
