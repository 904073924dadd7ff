import {z} from 'zod'
import {lateObject} from '../../../kinds/late-object.ts'
import {duration, httpUrl, secret} from '../../../config/fields.ts'
import {channelFields} from '../fields.ts'

export const ntfyChannelSchema = lateObject(() => ({
  type: z.literal('ntfy'),
  ...channelFields(),
  url: httpUrl('Server').default('https://ntfy.sh'),
  topic: secret('Topic; on a public server whoever knows it can read there, so it is a secret'),
  token: secret('Access token, sent as a bearer token').optional(),
  timeout: duration('Deadline of one delivery').default(5_000),
}))
export type NtfyChannelSpec = z.infer<typeof ntfyChannelSchema>
