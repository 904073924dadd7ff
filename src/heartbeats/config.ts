import {z} from 'zod'
import {lateObject} from '../kinds/late-object.ts'
import {duration, environmentName, name, secret} from '../config/fields.ts'
import {parseCron} from '../units/cron.ts'
import {isZone} from '../units/zone.ts'

/** A sign of life: of a job that tells us, or of the agent that tells somebody else. */
export const heartbeatSchema = lateObject(() => ({
  name: name('Unique name of the heartbeat within its environment'),
  environment: environmentName(),
  every: duration('How often it comes, 1s at least; of one that is sent, how often')
    .refine(ms => ms >= 1000, {error: 'should be 1s at least'})
    .optional(),
  cron: z
    .string()
    .refine(text => parseCron(text) !== undefined, {error: 'should be a schedule of five fields such as "30 2 * * *"'})
    .optional()
    .describe('Instead of every: when the job is due, by the clocks of the zone'),
  zone: z
    .string()
    .refine(isZone, {error: 'should be a time zone such as Europe/Berlin'})
    .default('UTC')
    .describe('Time zone whose clocks cron is read by'),
  grace: duration('How much later it may come').default(300_000),
  endWithin: duration('A job that said that it began says within this time that it ended').optional(),
  token: secret('Who knows it may report by HTTP; by the command only when left out').optional(),
  send: secret('Instead: the URL of a dead man’s switch elsewhere, which the agent calls while it watches').optional(),
  interval: duration('Time between looks at what is known').default(10_000),
  timeout: duration('Deadline of one look').default(5_000),
}))
export type HeartbeatConfig = z.infer<typeof heartbeatSchema>
export type PlacedHeartbeat = HeartbeatConfig & {readonly environment: string}

export const heartbeatId = ({environment, name: own}: Pick<PlacedHeartbeat, 'environment' | 'name'>) =>
  `heartbeat/${environment}/${own}` as const
