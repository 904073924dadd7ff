import {z} from 'zod'
import {lateObject} from '../../../kinds/late-object.ts'
import {duration} from '../../../config/fields.ts'

export const nginxSchema = lateObject(() => ({
  type: z.literal('nginx'),
  file: z
    .string()
    .describe(
      'File with the upstream block, included by nginx.conf; its `server` lines of the instances are rewritten',
    ),
  upstream: z.string().min(1).describe('Name of the upstream block in that file'),
  servers: z
    .record(z.string().min(1), z.string().min(1))
    .refine(servers => new Set(Object.values(servers)).size === Object.keys(servers).length, {
      message: 'should give each instance an address of its own',
    })
    .describe('By name of the instance, its address exactly as in the upstream block, such as `10.0.0.11:8080`'),
  nginx: z
    .array(z.string())
    .min(1)
    .default(['nginx'])
    .describe('nginx with the arguments it was started with, such as `-c FILE`; `-t` and `-s reload` are added'),
  accessLog: z
    .string()
    .optional()
    .describe(
      'Access log of JSON lines with `upstream_addr`, `upstream_status` and `status`, without `buffer=`: answers and errors are counted by server from it',
    ),
  pidFile: z.string().default('/run/nginx.pid').describe('File with the process id of the master process'),
  timeout: duration('Longest wait for new workers after a reload').default(10_000),
}))
export type NginxSpec = z.infer<typeof nginxSchema>
