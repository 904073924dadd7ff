import {acknowledgeAlert, findOpenAlert} from '../../alerts/acknowledge.ts'
import type {Command} from '../command.ts'

export const command: Command = {
  name: 'alerts ack',
  summary: 'Acknowledge an alert: it stays until it resolves, and nobody is notified of it again',
  arguments: [
    {name: 'ID', required: true, completes: 'alert', description: 'Id of the alert, or a part that only it has'},
  ],
  flags: {note: {type: 'string', value: 'TEXT', description: 'What is being done about it'}},
  changes: true,
  async run({args, flags}, context) {
    const alertStore = context.alertStore()
    const alert = findOpenAlert(alertStore, args[0] ?? '')
    const note = typeof flags['note'] === 'string' ? flags['note'] : ''
    const by = context.actor().name
    await context.change(
      {
        action: 'alert acknowledged',
        target: `alert ${alert.id}`,
        ...(note === '' ? {} : {reason: note}),
      },
      async () => acknowledgeAlert(alertStore, alert.id, {by, at: context.clock.now(), note}),
    )
    return {data: {id: alert.id, acknowledged: {by, note}}, text: `${alert.id} is acknowledged by ${by}.`}
  },
}
