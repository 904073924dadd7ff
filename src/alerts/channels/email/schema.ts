import {z} from 'zod'
import {lateObject} from '../../../kinds/late-object.ts'
import {duration, secret} from '../../../config/fields.ts'
import {channelFields} from '../fields.ts'

/** One address, without a name: nothing of it can end a line or begin another command. */
const address = (meaning: string) =>
  z
    .string()
    .regex(/^[^\s<>@,;:"()[\]\\]{1,64}@[A-Za-z0-9.-]{1,253}$/, {
      error: 'should be an e-mail address such as ops@example.com',
    })
    .describe(meaning)

export const emailChannelSchema = lateObject(() => ({
  type: z.literal('email'),
  ...channelFields(),
  host: z
    .string()
    .regex(/^[A-Za-z0-9.:-]+$/, {error: 'should be the name or address of a mail server'})
    .describe('Mail server'),
  port: z
    .number()
    .int()
    .min(1)
    .max(65_535)
    .default(587)
    .describe('Its port: 587 for STARTTLS, 465 for TLS, 25 for neither'),
  security: z
    .enum(['starttls', 'tls', 'none'])
    .default('starttls')
    .describe('starttls: never sent without it; tls: from the first byte; none: readable on the way'),
  ca: z.string().min(1).optional().describe('File with the certificate authority of the server, PEM'),
  user: z.string().min(1).optional().describe('User name, when the server asks for one'),
  password: secret('Its password').optional(),
  from: address('Sender'),
  to: z.array(address('Recipient')).min(1).max(50).describe('Recipients'),
  timeout: duration('Deadline of one delivery').default(15_000),
}))
export type EmailChannelSpec = z.infer<typeof emailChannelSchema>
