import {z} from 'zod'
import {lateObject} from '../../kinds/late-object.ts'
import {duration, environmentName, name, secret} from '../../config/fields.ts'
import {severitySchema} from '../severity.ts'

const HOW = '{a.b.0.c} is taken from the alert'
const template = (meaning: string) => z.string().min(1).max(300).describe(`${meaning}; ${HOW}`)

/** How JSON that nobody else understands is read. */
const mappingSchema = lateObject(() => ({
  list: z
    .string()
    .min(1)
    .max(200)
    .optional()
    .describe('Where the list of alerts is; left out: the document is one alert'),
  rule: template('What is wrong, such as {check}'),
  subject: template('What it is about, such as {host}').optional(),
  summary: template('One line for people').optional(),
  severity: template('Its severity: critical, warning, info or a word like them').optional(),
  id: template('What makes it the same alert again; rule and subject when left out').optional(),
  state: template('Its state').optional(),
  resolved: z
    .array(z.string().min(1))
    .min(1)
    .default(['resolved', 'ok', 'closed', 'up', 'false', '0'])
    .describe('States that mean that it is over; letter case is ignored'),
}))

/** Who may tell the agent of alerts of their own: `POST /intake/NAME`. */
export const intakeSchema = lateObject(() => ({
  name: name('Name of the sender; the path is /intake/NAME'),
  type: z.enum(['alertmanager', 'falco', 'sentry', 'json']).describe('What it sends'),
  token: secret(
    'Its password, 16 characters at least: a bearer token, or the password of basic authentication; of Sentry its client secret, by which it signs',
  ),
  environment: environmentName().describe(
    'Where its alerts are that have no label `environment`; the first when left out',
  ),
  severity: severitySchema.default('warning').describe('Severity of an alert that says none'),
  resolveAfter: duration(
    'When an alert is over that is not sent again; 1h for Falco, Sentry and JSON without a state; else only what it says ends one',
  ).optional(),
  rate: z.number().int().min(1).max(100_000).default(300).describe('Requests a minute that are taken'),
  mapping: mappingSchema.optional().describe('How its JSON is read; for type json'),
}))
export type IntakeSpec = z.output<typeof intakeSchema>
export type IntakeMapping = z.output<typeof mappingSchema>
