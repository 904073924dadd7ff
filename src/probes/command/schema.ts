import {z} from 'zod'
import {lateObject} from '../../kinds/late-object.ts'

export const commandProbeSchema = lateObject(() => ({
  type: z.literal('command'),
  command: z
    .array(z.string())
    .min(1)
    .describe('Program and arguments, run without a shell; exit 0 up, 1 degraded, else down'),
}))
export type CommandProbeSpec = z.infer<typeof commandProbeSchema>
