import {findAlert} from '../../alerts/acknowledge.ts'
import {keptAuto} from '../../alerts/auto/record.ts'
import {type Explanation, explainAlert, explainTheirs} from '../../alerts/routing/explain.ts'
import {openRouter} from '../../alerts/routing/router.ts'
import type {AlertRow} from '../../alerts/rows.ts'
import {formatDuration} from '../../units/duration.ts'
import {formatSecond} from '../../units/moment.ts'
import type {Command, CommandContext} from '../command.ts'
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
    const {monitor} = await context.snapshot('kept')
    const watched = monitor.state !== 'nobody'
    const theirs = await findTheirs(args[0] ?? '', context)
    if (theirs) {
      const explanation = explainTheirs(theirs, watched)
      return {data: explanation, text: explanationText(explanation, now)}
    }
    const alert = findAlert(alertStore, args[0] ?? '', now)
    const {channels, groupInterval: groupIntervalMs, repeatInterval: repeatIntervalMs} = config
    const events = context.timelines().of([alert.id], alert.since, 200).get(alert.id)
    const beside = new Map(alertStore.since(now - BESIDE_MS).map(each => [each.id, each]))
    const explanation = explainAlert(alert, {
      turnOf: openRouter({config, dependencies: new Map(), silences: () => []}).turns(beside, now),
      watched,
      events,
      channels,
      intake: config.intake,
      contacts: config,
      groupIntervalMs,
      repeatIntervalMs,
      now,
      auto: {policies: config.auto, record: keptAuto(context.records)},
    })
    return {data: explanation, text: explanationText(explanation, now)}
  },
}

/** One of an Alertmanager, where none of ours is called so. */
async function findTheirs(text: string, context: CommandContext): Promise<AlertRow | undefined> {
  if (context.config().alerts.alertmanagers.length === 0) return undefined
  const {desk, alertStore} = await context.answering()
  if (alertStore.since(0).some(({id}) => text !== '' && id.includes(text))) return undefined
  for (const {name} of context.config().environments) {
    const found = desk.find(text, name)
    if (found) return found
  }
  return undefined
}

function explanationText(explanation: Explanation, now: number): string {
  const {id, state, severity, summary, source, labels, cause, auto, watched, channels, timeline} = explanation
  const named = Object.entries(labels).map(([name, value]) => `${name}=${value}`)
  const told = channels.map(({channel, why}) => [channel, why])
  return [
    `${id}: ${state} ${severity}: ${summary}`,
    ...(named.length === 0 ? [] : [`Labels: ${named.join(' ')}`]),
    ...(cause === undefined ? [] : [`Put down to ${cause}`]),
    ...(auto === undefined ? [] : ['', `Policy ${auto.policy}`, ...auto.runs, ...(auto.why === '' ? [] : [auto.why])]),
    '',
    ...(source === undefined ? [] : [`It is an alert of ${source}, which decides who is notified. Its receivers:`]),
    told.length === 0 ? (source === undefined ? 'No channel is configured.' : 'none') : alignColumns(told),
    ...(watched || source !== undefined ? [] : ['Nobody watches: nothing is sent until an agent, or a console, does.']),
    ...escalationText(explanation, now),
    ...(timeline.length === 0 ? [] : ['', 'Timeline']),
    ...timeline.map(({at, what}) => `${formatSecond(at, now)}  ${what}`),
  ].join('\n')
}

function escalationText({escalation, escalationStop}: Explanation, now: number): readonly string[] {
  if (escalation.length === 0) return []
  const moments = escalation.map(({at, after, to}) => [
    at !== undefined ? formatSecond(at, now) : after === 0 ? 'at once' : `after ${formatDuration(after)}`,
    to.join(', '),
  ])
  return ['', escalationStop === undefined ? 'Escalation' : `Escalation, ${escalationStop}`, alignColumns(moments)]
}
