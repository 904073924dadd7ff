import {z} from 'zod'
import {lateObject} from '../../../kinds/late-object.ts'
import {duration} from '../../../config/fields.ts'

const command = (meaning: string) =>
  z.array(z.string()).min(1).describe(`${meaning}; {slot}, {instance}, its {id}, {version} are filled in, no shell`)

export const commandInstancesSchema = lateObject(() => ({
  type: z.literal('command'),
  deploy: command('Starts one instance with a version'),
  stop: command('Stops one instance'),
  check: command('Exit code 0: a stopped instance could be started with a version, 1: not. Only reads').optional(),
  logs: command('Prints the last log lines of one instance').optional(),
  ids: z
    .record(z.string(), z.string().min(1))
    .optional()
    .describe('What the platform calls each instance; its own name when left out'),
  timeout: duration('Deadline of one of these commands').default(60_000),
}))
export type CommandInstancesSpec = z.infer<typeof commandInstancesSchema>
