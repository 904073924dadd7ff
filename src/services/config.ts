import {z} from 'zod'
import {duration, environmentName, name, share} from '../config/fields.ts'
import {probes} from '../probes/registry.ts'

/** A service: one thing that answers, watched by one probe. */
export const serviceSchema = z.strictObject({
  name: name('Unique name of the service within its environment'),
  environment: environmentName,
  probe: probes.schema.describe('How the service is probed'),
  interval: duration('Time between probes').default(30_000),
  timeout: duration('Deadline of one probe').default(5_000),
  degradedAbove: duration('An answer slower than this is degraded').optional(),
  dependsOn: z
    .array(z.string())
    .default([])
    .describe('Names of services, caches or databases this one needs, for correlation'),
  objective: z
    .strictObject({
      availability: share('Availability objective, such as 99.9%'),
      period: duration('Period of the objective').default(30 * 86_400_000),
    })
    .optional()
    .describe('Service level objective'),
})
export type ServiceConfig = z.infer<typeof serviceSchema>
