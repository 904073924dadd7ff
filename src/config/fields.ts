import {z} from 'zod'
import {parseBytes} from '../units/bytes.ts'
import {parseDuration} from '../units/duration.ts'

/** The field types that every section's schema shares. Each names the shape it accepts in its error. */

/** `30s`, `5m`, `1h30m`; milliseconds after parsing. */
export const duration = (meaning: string) =>
  z
    .string()
    .transform((text, context) => {
      const ms = parseDuration(text)
      if (ms === undefined) {
        context.addIssue({
          code: 'custom',
          message: `should be a duration such as 30s, 5m or 1h30m, got ${JSON.stringify(text)}`,
        })
        return z.NEVER
      }
      return ms
    })
    .describe(meaning)

/** `64mb`, `2gb`, or plain bytes. */
export const size = (meaning: string) =>
  z
    .union([z.number().int().nonnegative(), z.string()])
    .transform((value, context) => {
      const bytes = typeof value === 'number' ? value : parseBytes(value)
      if (bytes === undefined) {
        context.addIssue({
          code: 'custom',
          message: `should be a size such as 64mb or 2gb, got ${JSON.stringify(value)}`,
        })
        return z.NEVER
      }
      return bytes
    })
    .describe(meaning)

/** A share of 0..1, or a percentage written `50%`. */
export const share = (meaning: string) =>
  z
    .union([z.number().min(0).max(1), z.string()])
    .transform((value, context) => {
      const number =
        typeof value === 'number'
          ? value
          : /^(\d+(?:\.\d+)?)%$/.test(value)
            ? Number(value.slice(0, -1)) / 100
            : Number.NaN
      if (!(number >= 0 && number <= 1)) {
        context.addIssue({
          code: 'custom',
          message: `should be a share such as 0.5 or "50%", got ${JSON.stringify(value)}`,
        })
        return z.NEVER
      }
      return number
    })
    .describe(meaning)

/** An http or https URL. */
export const httpUrl = (meaning: string) =>
  z
    .string()
    .refine(text => URL.canParse(text) && /^https?:$/.test(new URL(text).protocol), {
      error: issue => `should be an http or https URL, got ${JSON.stringify(issue.input)}`,
    })
    .describe(meaning)

/** Names appear in commands, file names and lock names, so they are kept plain. */
export const name = (meaning: string) =>
  z
    .string()
    .regex(/^[a-z0-9][a-z0-9._-]{0,62}$/, {
      error: issue =>
        `should be a name of lower-case letters, digits, dots, dashes, got ${JSON.stringify(issue.input)}`,
    })
    .describe(meaning)

/** Which environment an entry belongs to; may be left out when there is only one. */
export const environmentName = name('Name of the environment; may be left out when only one is configured').optional()

/** A secret: where it is read from. A plain string is taken as the value itself and is redacted like any other. */
export const secret = (meaning: string) =>
  z
    .union([
      z.string().min(1),
      z.strictObject({env: z.string().min(1).describe('Environment variable that holds the secret')}),
      z.strictObject({file: z.string().min(1).describe('File that holds the secret; a trailing newline is dropped')}),
      z.strictObject({
        command: z
          .array(z.string())
          .min(1)
          .describe('Command whose standard output is the secret, such as [op, read, ...]'),
      }),
    ])
    .describe(`${meaning} (a string, {env: NAME}, {file: PATH} or {command: [...]})`)
export type SecretRef = z.infer<ReturnType<typeof secret>>

/** Reads a secret at the moment it is needed; every value that was read is redacted from then on. */
export type ResolveSecret = (ref: SecretRef) => Promise<string>
