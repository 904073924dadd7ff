import {z} from 'zod'
import {lateObject} from '../../../kinds/late-object.ts'
import {duration} from '../../../config/fields.ts'
import {channelFields} from '../fields.ts'

export const commandChannelSchema = lateObject(() => ({
  type: z.literal('command'),
  ...channelFields(),
  command: z
    .array(z.string())
    .min(1)
    .describe('Program and its arguments, started without a shell; it gets the notification as JSON on standard input'),
  timeout: duration('Deadline of one delivery').default(10_000),
}))
export type CommandChannelSpec = z.infer<typeof commandChannelSchema>
