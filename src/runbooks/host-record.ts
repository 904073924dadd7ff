import type {HostRecord} from './define.ts'
import {type RecordingTools, recordEvent} from './into-trail.ts'

/** Keeps the begin and the outcome of each host of a step: in the trail and in the journal before anything is done there. */
export function hostRecord(tools: RecordingTools, step: string, phase: 'run' | 'undo' | 'check'): HostRecord {
  const began = new Map<string, number>()
  const viewOf: HostRecord['viewOf'] = host =>
    tools.journal
      .state()
      .steps.find(view => view.step.id === step)
      ?.hosts?.find(view => view.host === host)
  if (phase === 'check') return {viewOf, begin: () => {}, end: () => {}}
  return {
    viewOf,
    begin: host => {
      began.set(host, performance.now())
      recordEvent(
        tools,
        {action: phase === 'undo' ? 'undo host' : 'host', phase: 'intent', target: `host ${host}`, step},
        {type: 'host-started', step, host, phase},
      )
    },
    end: (host, outcome, reason = '') => {
      const durationMs = Math.round(performance.now() - (began.get(host) ?? performance.now()))
      recordEvent(
        tools,
        {
          action: phase === 'undo' ? 'undo host' : 'host',
          phase: 'outcome',
          target: `host ${host}`,
          step,
          outcome,
          ...(reason === '' ? {} : {reason}),
        },
        {type: 'host-finished', step, host, phase, outcome, reason, durationMs},
        // Lost with the machine, it leaves the host unknown: never done.
        {noted: true},
      )
    },
  }
}

/** Where nothing is carried out: plans, previews, forecasts. */
export const NO_HOST_RECORD: HostRecord = {viewOf: () => undefined, begin: () => {}, end: () => {}}

/** Only this host is looked at: the recheck of one among many. */
export const onlyHost = (record: HostRecord, host: string): HostRecord => ({
  ...record,
  viewOf: name => {
    const view = record.viewOf(name)
    return view === undefined || name === host ? view : {...view, state: 'skipped'}
  },
})
