import type {AlertStore} from '../../alerts/alert-store.ts'
import {answerable} from '../../alerts/answers.ts'
import {withSymptoms} from '../../alerts/incident.ts'
import type {Command} from '../command.ts'

export const command: Command = {
  name: 'alerts ack',
  summary: 'Acknowledge an alert: it stays until it resolves, and nobody is notified of it again',
  arguments: [
    {name: 'ID', required: true, completes: 'alert', description: 'Id of the alert, or a part that only it has'},
  ],
  help: 'An alert of an Alertmanager is silenced there, for its acknowledgeFor: it knows no acknowledgement.',
  flags: {
    symptoms: {
      type: 'boolean',
      description: 'Also every open alert that is put down to it, as a on a cause does in the console',
    },
    note: {type: 'string', value: 'TEXT', description: 'What is being done about it'},
  },
  changes: true,
  async run({args, flags}, context) {
    const answering = await context.answering()
    const environment = context.environment().name
    const {id} = answerable(answering, args[0] ?? '', environment)
    const note = typeof flags['note'] === 'string' ? flags['note'] : ''
    const by = context.actor().name
    const symptoms = flags['symptoms'] === true ? symptomsOf(id, context.alertStore()) : []
    for (const each of [id, ...symptoms])
      await context.change(
        {action: 'alert acknowledged', target: `alert ${each}`, ...(note === '' ? {} : {reason: note})},
        () => answerable(answering, each, environment).acknowledge({by, note}, context.signal),
      )
    const data = {id, acknowledged: {by, note}, ...(flags['symptoms'] === true && {symptoms})}
    const more =
      symptoms.length === 0
        ? ''
        : ` with ${symptoms.length} that ${symptoms.length === 1 ? 'is' : 'are'} put down to it`
    return {data, text: `${id} is acknowledged by ${by}${more}.`}
  },
}

/** What is put down to an alert, all the way down, and nobody has acknowledged yet. */
function symptomsOf(id: string, alertStore: Pick<AlertStore, 'since'>): readonly string[] {
  const open = alertStore.since(Number.MAX_SAFE_INTEGER).map(alert => ({...alert, cause: alert.routing?.cause}))
  const chosen = open.filter(each => each.id === id)
  return withSymptoms(chosen, open)
    .filter(each => each.id !== id && each.state !== 'resolved' && each.acknowledged === undefined)
    .map(each => each.id)
}
