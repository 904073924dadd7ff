import {Counter, Gauge} from 'prom-client'
import type {AutoRecord} from '../../alerts/auto/record.ts'
import {boundedLabel} from './bounded-label.ts'
import type {MetricSource} from './metric-source.ts'
import {newOnes} from './new-ones.ts'

const RUNBOOKS = 100

/** What policies start for alerts, and where they start nothing. */
export const autoMetrics = (sources: {
  readonly policies: () => readonly string[]
  readonly record: () => AutoRecord
}): MetricSource => ({
  name: 'auto',
  open(registry, watchedSince) {
    const registers = [registry]
    const attempts = new Counter({
      name: 'opsconsole_auto_attempts_total',
      help: 'Runs that a policy decided to start since this process watches',
      labelNames: ['policy', 'runbook'] as const,
      registers,
    })
    const ended = new Counter({
      name: 'opsconsole_auto_ended_total',
      help: 'What became of them, when they ended since this process watches: how the run ended, or why there was none',
      labelNames: ['policy', 'outcome'] as const,
      registers,
    })
    const open = new Gauge({
      name: 'opsconsole_auto_open',
      help: 'Those that have not ended',
      labelNames: ['policy'] as const,
      registers,
    })
    const heldBack = new Gauge({
      name: 'opsconsole_auto_held_back',
      help: 'Alerts for which a policy starts nothing now, by reason',
      labelNames: ['policy', 'reason'] as const,
      registers,
    })
    const gaveUp = new Gauge({
      name: 'opsconsole_auto_gave_up',
      help: 'Alerts that fire although the runs of a policy are used up: a person is needed',
      labelNames: ['policy'] as const,
      registers,
    })
    const label = boundedLabel(RUNBOOKS)
    const reading = newOnes(watchedSince)
    return () => {
      const {record, policies} = {record: sources.record(), policies: sources.policies()}
      const isNew = reading()
      for (const gauge of [open, heldBack, gaveUp]) gauge.reset()
      for (const policy of policies) {
        open.set({policy}, 0)
        gaveUp.set({policy}, 0)
      }
      for (const attempt of record.attempts) {
        const {id, policy} = attempt
        if (isNew(id, attempt.at)) attempts.inc({policy, runbook: label(attempt.runbook.name)})
        if (attempt.ended === undefined) open.inc({policy})
        else if (isNew(`${id} ended`, attempt.ended.at)) ended.inc({policy, outcome: attempt.ended.outcome})
      }
      for (const {policy, reason, gaveUp: isOver} of record.refusals) {
        heldBack.inc({policy, reason})
        if (isOver) gaveUp.inc({policy})
      }
    }
  },
})
