import {z} from 'zod'
import {lateObject} from '../../../kinds/late-object.ts'
import {duration} from '../../../config/fields.ts'

export const composeSchema = lateObject(() => ({
  type: z.literal('compose'),
  engine: z
    .array(z.string())
    .min(1)
    .default(['docker', 'compose'])
    .describe('Program with its first arguments: [docker, compose], [podman, compose], [podman-compose]'),
  file: z.string().default('compose.yaml').describe('The compose file; one service an instance'),
  project: z
    .string()
    .regex(/^[a-z0-9][a-z0-9_-]*$/, 'should be lower-case letters, digits, - and _')
    .optional()
    .describe(
      'Name of the project; left out, COMPOSE_PROJECT_NAME of whoever runs it, else the `name` in the file, else its directory',
    ),
  service: z.string().default('{instance}').describe('Service of an instance; {slot} and {instance} are filled in'),
  variable: z
    .string()
    .regex(/^[A-Z_][A-Z0-9_]*$/, 'should be the name of an environment variable, such as VERSION')
    .default('VERSION')
    .describe('Environment variable by which the file takes the version: image: registry/web:${VERSION}'),
  timeout: duration('Deadline of one start or stop, and of the health after it').default(60_000),
}))
export type ComposeSpec = z.infer<typeof composeSchema>
