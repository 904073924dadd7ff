import {answerable} from '../../alerts/answers.ts'
import type {Command} from '../command.ts'

export const command: Command = {
  name: 'alerts ack',
  summary: 'Acknowledge an alert: it stays until it resolves, and nobody is notified of it again',
  arguments: [
    {name: 'ID', required: true, completes: 'alert', description: 'Id of the alert, or a part that only it has'},
  ],
  help: 'An alert of an Alertmanager is silenced there, for its acknowledgeFor: it knows no acknowledgement.',
  flags: {note: {type: 'string', value: 'TEXT', description: 'What is being done about it'}},
  changes: true,
  async run({args, flags}, context) {
    const alert = answerable(await context.answering(), args[0] ?? '', context.environment().name)
    const {id} = alert
    const note = typeof flags['note'] === 'string' ? flags['note'] : ''
    const by = context.actor().name
    await context.change(
      {action: 'alert acknowledged', target: `alert ${id}`, ...(note === '' ? {} : {reason: note})},
      () => alert.acknowledge({by, note}, context.signal),
    )
    return {data: {id, acknowledged: {by, note}}, text: `${id} is acknowledged by ${by}.`}
  },
}
