import {z} from 'zod'
import {lateObject} from '../../kinds/late-object.ts'

export const tcpProbeSchema = lateObject(() => ({
  type: z.literal('tcp'),
  host: z.string().min(1).describe('Host name or address'),
  port: z.number().int().min(1).max(65_535).describe('Port'),
  send: z.string().optional().describe('Text to send once connected'),
  expect: z.string().optional().describe('Regular expression that the answer must match'),
}))
export type TcpProbeSpec = z.infer<typeof tcpProbeSchema>
