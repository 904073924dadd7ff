import {z} from 'zod'
import {duration, httpUrl, secret} from '../../../config/fields.ts'
import {channelFields} from '../fields.ts'

export const webhookChannelSchema = z.strictObject({
  type: z.literal('webhook'),
  ...channelFields,
  url: httpUrl('Gets a POST with a JSON document'),
  token: secret('Sent as a bearer token').optional(),
  timeout: duration('Deadline of one delivery').default(5_000),
})
export type WebhookChannelSpec = z.infer<typeof webhookChannelSchema>
