import {z} from 'zod'

export const haproxySchema = z.strictObject({
  type: z.literal('haproxy'),
  socket: z.string().describe('Path of the runtime API socket with level admin'),
  backend: z.string().describe('Name of the backend in HAProxy'),
})
export type HaproxySpec = z.infer<typeof haproxySchema>
