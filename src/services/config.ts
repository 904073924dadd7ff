import {z} from 'zod'
import {lateObject} from '../kinds/late-object.ts'
import {duration, environmentName, name, share} from '../config/fields.ts'
import {probes} from '../probes/registry.ts'
import {publishedSchema} from './published/schema.ts'

/** A promise below 100 %: there must be something to spend. */
const promise = (meaning: string) =>
  share(meaning).refine(value => value > 0 && value < 1, {error: 'should be a share below 100%, such as 99.9%'})

const objectiveSchema = lateObject(() => ({
  availability: promise('Share of probes that are to be answered, such as 99.9%').default(0.999),
  latency: z
    .strictObject({
      below: duration('An answer that takes longer does not keep it; degradedAbove when left out').optional(),
      share: promise('Share of answers that are to be faster').default(0.95),
    })
    .optional()
    .describe('A second objective, with a budget of its own'),
  period: duration('Period of the objective, 90 days at most')
    .refine(ms => ms >= 86_400_000 && ms <= 90 * 86_400_000, {error: 'should be between 1d and 90d'})
    .default(30 * 86_400_000),
  minimumEvents: z
    .number()
    .int()
    .min(1)
    .default(5)
    .describe('Fewer failed or slow probes than this in a window are no burn rate'),
}))

/** A service: one thing that answers, watched by one probe. */
export const serviceSchema = lateObject(() => ({
  name: name('Unique name of the service within its environment'),
  environment: environmentName(),
  probe: probes.schema.describe('How the service is probed'),
  interval: duration('Time between probes').default(30_000),
  timeout: duration('Deadline of one probe').default(5_000),
  degradedAbove: duration('An answer slower than this is degraded').optional(),
  dependsOn: z
    .array(z.string())
    .default([])
    .describe('Names of services, caches or databases this one needs, for correlation'),
  published: publishedSchema
    .optional()
    .describe('Its platform keeps published versions, which `run publish` publishes and restores'),
  objective: objectiveSchema.optional().describe('What is promised of it; its error budget is counted from then on'),
}))
export type ServiceConfig = z.infer<typeof serviceSchema>
