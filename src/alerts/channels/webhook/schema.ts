import {z} from 'zod'
import {lateObject} from '../../../kinds/late-object.ts'
import {duration, secret} from '../../../config/fields.ts'
import {channelFields} from '../fields.ts'

export const webhookChannelSchema = lateObject(() => ({
  type: z.literal('webhook'),
  ...channelFields(),
  url: secret('Gets a POST with a JSON document; where whoever knows it can write there, it is a secret'),
  text: z
    .string()
    .min(1)
    .optional()
    .describe(
      'What the field text of the document says: words with {state}, {severity}, {target}, {reason} and others',
    ),
  token: secret('Sent as a bearer token').optional(),
  timeout: duration('Deadline of one delivery').default(5_000),
}))
export type WebhookChannelSpec = z.infer<typeof webhookChannelSchema>
