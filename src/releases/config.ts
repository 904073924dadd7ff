import {z} from 'zod'
import {lateObject} from '../kinds/late-object.ts'
import {duration, environmentName, httpUrl, name, serverName} from '../config/fields.ts'
import {migrationsSchema} from './migrations-schema.ts'
import {instanceDrivers} from './instances/registry.ts'
import {trafficDrivers} from './traffic/registry.ts'

/** A release: one service in two slots behind a traffic driver. */
export const releaseSchema = lateObject(() => ({
  name: name('Unique name of the release within its environment; usually the name of the service'),
  environment: environmentName(),
  service: z.string().optional().describe('Service that shows whether users are served'),
  traffic: trafficDrivers.schema.describe('What moves traffic between the slots'),
  slots: z
    .array(
      z.strictObject({
        name: name('Name of the slot, such as blue'),
        instances: z
          .array(
            z.strictObject({
              name: serverName('Name of the instance, the same as its server name in the traffic driver'),
              url: httpUrl('Base URL of the instance, past the load balancer'),
              host: z
                .string()
                .optional()
                .describe(
                  'Host that the instance runs on, for display and confirmations; that of its URL when left out',
                ),
            }),
          )
          .min(1)
          .describe('The instances of the slot'),
      }),
    )
    .length(2)
    .describe('The two slots, each with its instances'),
  healthPath: z.string().default('/health/ready').describe('Path that answers 200 when the instance can take traffic'),
  versionPath: z.string().default('/health').describe('Path of a JSON document with a version field'),
  instances: instanceDrivers.schema.describe('What starts and stops instances'),
  smoke: z
    .array(
      z.strictObject({
        name: z.string().min(1).describe('What the request shows, for the run'),
        path: z.string().startsWith('/').describe('Path on the instance, starting with /'),
        status: z.number().int().default(200).describe('Expected status code'),
        body: z.string().optional().describe('Regular expression that the body must match'),
        timeout: duration('Deadline').default(5_000),
      }),
    )
    .default([])
    .describe('Requests that a new instance must answer before it takes traffic'),
  drainTimeout: duration('Longest wait for requests in flight on the old slot').default(60_000),
  watchFor: duration('How long the new slot is watched after the switch').default(300_000),
  maxErrorRate: z
    .number()
    .min(0)
    .max(1)
    .default(0.05)
    .describe('Share of 5xx answers above which the release is undone'),
  maxSlowdown: z
    .number()
    .min(1)
    .default(2)
    .describe('How many times the 95th percentile of the slot before is still fast enough, by requests of our own'),
  canary: z
    .strictObject({
      stages: z
        .array(z.number().min(1).max(100))
        .min(1)
        .default([5, 25, 50, 100])
        .describe('Shares of the requests in percent, one after the other; 100 is the switch'),
      stageTime: duration('How long each share is compared').default(300_000),
      alpha: z
        .number()
        .gt(0)
        .max(0.1)
        .default(0.001)
        .describe('Chance of a false alarm that is accepted for a whole canary, however often it is looked at'),
      tolerated: z.number().min(1.1).default(2).describe('How many times as many bad answers as stable still pass'),
      toleratedShare: z
        .number()
        .gt(0)
        .max(0.5)
        .default(0.01)
        .describe('Share of bad answers of its own that passes whatever stable has'),
    })
    .prefault({})
    .describe('How a canary gets its traffic and is judged'),
  pool: z
    .strictObject({
      database: z.string().describe('Database that the instances hold connections to'),
      connections: z.number().int().min(1).describe('Most connections that one instance holds'),
    })
    .optional()
    .describe(
      'Connections of the instances: both slots run at the same time, and must not take more than the server has',
    ),
  migrations: migrationsSchema,
  keepOldSlot: duration('How long the old slot is kept for a rollback').default(86_400_000),
  interval: duration('Time between probes').default(10_000),
  timeout: duration('Deadline of one probe').default(5_000),
}))
export type ReleaseConfig = z.infer<typeof releaseSchema>
export type ReleaseInput = z.input<typeof releaseSchema>
