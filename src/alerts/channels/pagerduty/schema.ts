import {z} from 'zod'
import {lateObject} from '../../../kinds/late-object.ts'
import {duration, httpUrl, secret} from '../../../config/fields.ts'
import {channelFields} from '../fields.ts'

export const pagerdutyChannelSchema = lateObject(() => ({
  type: z.literal('pagerduty'),
  ...channelFields(),
  routingKey: secret('Integration key of a service (Events API v2)'),
  url: httpUrl('Where events go; another one for accounts in the EU').default(
    'https://events.pagerduty.com/v2/enqueue',
  ),
  timeout: duration('Deadline of one delivery').default(10_000),
}))
export type PagerdutyChannelSpec = z.infer<typeof pagerdutyChannelSchema>
