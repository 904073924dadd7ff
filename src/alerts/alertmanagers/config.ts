import {z} from 'zod'
import {lateObject} from '../../kinds/late-object.ts'
import {duration, environmentName, httpUrl, name, secret} from '../../config/fields.ts'

/** An Alertmanager whose alerts and silences are shown beside ours. */
export const alertmanagerSchema = lateObject(() => ({
  name: name('Name of the Alertmanager, for people'),
  environment: environmentName().describe(
    'Where its alerts are shown that have no label `environment` with the name of one; the first when left out',
  ),
  url: httpUrl('Its address, 0.25 or newer, with its path prefix if it has one'),
  token: secret('Sent as a bearer token, for a proxy before it').optional(),
  interval: duration('How often it is read').default(15_000),
  timeout: duration('Deadline of one reading').default(5_000),
  acknowledgeFor: duration(
    'How long an acknowledgement of one of its alerts lasts: it is a silence there, which must have an end',
  ).default(12 * 3_600_000),
}))
export type AlertmanagerSpec = z.output<typeof alertmanagerSchema>
