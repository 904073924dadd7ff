import {z} from 'zod'
import {channelFields} from '../fields.ts'

export const fileChannelSchema = z.strictObject({
  type: z.literal('file'),
  ...channelFields,
  path: z.string().min(1).describe('File that gets one JSON line for each notification'),
})
export type FileChannelSpec = z.infer<typeof fileChannelSchema>
