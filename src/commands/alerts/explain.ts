import {findAlert} from '../../alerts/acknowledge.ts'
import {keptAuto} from '../../alerts/auto/record.ts'
import {type Explanation, explainAlert} from '../../alerts/routing/explain.ts'
import {openRouter} from '../../alerts/routing/router.ts'
import {formatSecond} from '../../units/moment.ts'
import type {Command} from '../command.ts'
import {alignColumns} from '../runs/table.ts'

/** What ended longer ago has no group any more. */
const BESIDE_MS = 3_600_000

export const command: Command = {
  name: 'alerts explain',
  summary:
    'Say why somebody was, or was not, notified of an alert, what was started because of it, and what comes next',
  arguments: [
    {name: 'ID', required: true, completes: 'alert', description: 'Id of the alert, or a part that only it has'},
  ],
  async run({args}, context) {
    const {alerts: config} = context.config()
    const now = context.clock.now()
    const alertStore = context.alertStore()
    const alert = findAlert(alertStore, args[0] ?? '', now)
    const {channels, groupInterval: groupIntervalMs, repeatInterval: repeatIntervalMs} = config
    const events = context.timelines().of([alert.id], alert.since, 200).get(alert.id)
    const beside = new Map(alertStore.since(now - BESIDE_MS).map(each => [each.id, each]))
    const {monitor} = await context.snapshot('kept')
    const explanation = explainAlert(alert, {
      turnOf: openRouter({config, dependencies: new Map(), silences: () => []}).turns(beside, now),
      watched: monitor.state !== 'nobody',
      events,
      channels,
      contacts: config,
      groupIntervalMs,
      repeatIntervalMs,
      now,
      auto: {policies: config.auto, record: keptAuto(context.records)},
    })
    return {data: explanation, text: explanationText(explanation, now)}
  },
}

function explanationText(explanation: Explanation, now: number): string {
  const {id, state, severity, summary, labels, cause, auto, watched, channels, escalation, timeline} = explanation
  const named = Object.entries(labels).map(([name, value]) => `${name}=${value}`)
  return [
    `${id}: ${state} ${severity}: ${summary}`,
    ...(named.length === 0 ? [] : [`Labels: ${named.join(' ')}`]),
    ...(cause === undefined ? [] : [`Put down to ${cause}`]),
    ...(auto === undefined ? [] : ['', `Policy ${auto.policy}`, ...auto.runs, ...(auto.why === '' ? [] : [auto.why])]),
    '',
    channels.length === 0
      ? 'No channel is configured.'
      : alignColumns(channels.map(({channel, why}) => [channel, why])),
    ...(watched ? [] : ['Nobody watches: nothing is sent until an agent, or a console, does.']),
    ...(escalation.length === 0
      ? []
      : ['', 'Escalation', ...escalation.map(({at, to}) => `${formatSecond(at, now)}  ${to.join(', ')}`)]),
    '',
    'Timeline',
    ...timeline.map(({at, what}) => `${formatSecond(at, now)}  ${what}`),
  ].join('\n')
}
