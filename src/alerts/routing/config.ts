import {z} from 'zod'
import {duration} from '../../config/fields.ts'
import {escalationSchema, personSchema} from './escalation.ts'
import {inhibitionSchema} from './inhibition.ts'
import {maintenanceSchema} from './maintenance.ts'
import {onCallSchema} from './on-call.ts'

/** Who is notified of what, and when nobody is. */
export const routingFields = {
  groupBy: z
    .array(z.string().min(1))
    .default([])
    .describe(
      'What alerts have in common that come as one notification: environment, target, rule, or a label; none by default',
    ),
  groupWait: duration('How long the next notification of a group waits for more; the first does not').default(30_000),
  inhibitions: z.array(inhibitionSchema).default([]).describe('Alerts that keep others from being notified'),
  maintenance: z.array(maintenanceSchema).default([]).describe('Times in which nobody is notified'),
  people: z.array(personSchema).default([]).describe('People who can be on call'),
  onCall: z.array(onCallSchema).default([]).describe('Who is on call when'),
  escalations: z.array(escalationSchema).default([]).describe('Who is notified, and who next'),
}
