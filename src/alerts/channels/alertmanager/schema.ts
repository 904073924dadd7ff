import {z} from 'zod'
import {lateObject} from '../../../kinds/late-object.ts'
import {duration, httpUrl, secret} from '../../../config/fields.ts'
import {channelFields} from '../fields.ts'

export const alertmanagerChannelSchema = lateObject(() => ({
  type: z.literal('alertmanager'),
  ...channelFields(),
  url: httpUrl('Alertmanager 0.25 or newer, with its path prefix if it has one'),
  token: secret('Sent as a bearer token, for a proxy before it').optional(),
  endsAfter: duration('It ends an alert by itself so long after it heard of it, should this console be lost').default(
    7 * 86_400_000,
  ),
  generatorURL: httpUrl('Where its alerts lead back to, such as a page about this console').optional(),
  timeout: duration('Deadline of one delivery').default(5_000),
}))
export type AlertmanagerChannelSpec = z.infer<typeof alertmanagerChannelSchema>
