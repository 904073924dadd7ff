import {z} from 'zod'
import {lateObject} from '../../../kinds/late-object.ts'

export const haproxySchema = lateObject(() => ({
  type: z.literal('haproxy'),
  socket: z.string().describe('Path of the runtime API socket with level admin'),
  readSocket: z
    .string()
    .optional()
    .describe(
      'Path of a socket with level user, for all that only reads: probes, panes and guards; socket when left out',
    ),
  backend: z.string().describe('Name of the backend in HAProxy'),
  stateFile: z
    .string()
    .optional()
    .describe(
      'File that gets `show servers state` after each move, for `server-state-file` with `load-server-state-from-file global` in haproxy.cfg: without these a reload of HAProxy undoes the move',
    ),
  controls: z
    .string()
    .optional()
    .describe(
      'Directory of the maps that haproxy.cfg asks for emergency traffic controls, as it is written there; without it only drain and weigh',
    ),
}))
export type HaproxySpec = z.infer<typeof haproxySchema>
