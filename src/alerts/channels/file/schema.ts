import {z} from 'zod'
import {lateObject} from '../../../kinds/late-object.ts'
import {channelFields} from '../fields.ts'

export const fileChannelSchema = lateObject(() => ({
  type: z.literal('file'),
  ...channelFields(),
  path: z.string().min(1).describe('File that gets one JSON line for each notification'),
}))
export type FileChannelSpec = z.infer<typeof fileChannelSchema>
