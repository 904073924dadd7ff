import {z} from 'zod'
import {parseBytes} from '../units/bytes.ts'
import {parseDuration} from '../units/duration.ts'
import {once} from '../units/once.ts'

/**
 * The field types that every section's schema shares. Each names the shape it accepts in its error. Each is made once, when the
 * first field wants it, and a field is a copy with its meaning.
 */

/** A wrong value in a message: short, and never the password of a URL. */
export function showValue(value: unknown): string {
  if (value === undefined) return 'nothing'
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'object' && value !== null) return 'a section'
  const text = JSON.stringify(value).replace(/\/\/[^/]*@/g, '//***@')
  return text.length > 60 ? `${text.slice(0, 58)}…"` : text
}

const notDuration = (value: unknown): string => `should be a duration such as 30s, 5m or 1h30m, got ${showValue(value)}`
const notSize = (value: unknown): string => `should be a size such as 64mb or 2gb, got ${showValue(value)}`
const notShare = (value: unknown): string => `should be a share such as 0.5 or "50%", got ${showValue(value)}`

const DURATION = once(() =>
  z.string({error: issue => notDuration(issue.input)}).transform((text, context) => {
    const ms = parseDuration(text)
    if (ms === undefined) {
      context.addIssue({code: 'custom', message: notDuration(text)})
      return z.NEVER
    }
    return ms
  }),
)

/** `30s`, `5m`, `1h30m`; milliseconds after parsing. */
export const duration = (meaning: string) =>
  DURATION().meta({description: meaning, shape: 'duration', pattern: '^\\s*(\\d+(\\.\\d+)?(ms|s|m|h|d|w))+\\s*$'})

const SIZE = once(() =>
  z
    .union([z.number().int().nonnegative(), z.string()], {error: issue => notSize(issue.input)})
    .transform((value, context) => {
      const bytes = typeof value === 'number' ? value : parseBytes(value)
      if (bytes === undefined) {
        context.addIssue({code: 'custom', message: notSize(value)})
        return z.NEVER
      }
      return bytes
    }),
)

/** `64mb`, `2gb`, or plain bytes. */
export const size = (meaning: string) => SIZE().meta({description: meaning, shape: 'size'})

const SHARE = once(() =>
  z
    .union([z.number().min(0).max(1), z.string()], {error: issue => notShare(issue.input)})
    .transform((value, context) => {
      const number =
        typeof value === 'number'
          ? value
          : /^(\d+(?:\.\d+)?)%$/.test(value)
            ? Number(value.slice(0, -1)) / 100
            : Number.NaN
      if (!(number >= 0 && number <= 1)) {
        context.addIssue({code: 'custom', message: notShare(value)})
        return z.NEVER
      }
      return number
    }),
)

/** A share of 0..1, or a percentage written `50%`. */
export const share = (meaning: string) => SHARE().meta({description: meaning, shape: 'share'})

const HTTP_URL = once(() =>
  z.string().refine(text => URL.canParse(text) && /^https?:$/.test(new URL(text).protocol), {
    error: issue => `should be an http or https URL, got ${showValue(issue.input)}`,
  }),
)

/** An http or https URL. */
export const httpUrl = (meaning: string) => HTTP_URL().meta({description: meaning, shape: 'URL'})

const NAME = once(() =>
  z.string().regex(/^[a-z0-9][a-z0-9._-]{0,62}$/, {
    error: issue => `should be a name of lower-case letters, digits, dots, dashes, got ${showValue(issue.input)}`,
  }),
)

/** Names appear in commands, file names and lock names, so they are kept plain. */
export const name = (meaning: string) => NAME().meta({description: meaning, shape: 'name'})

const SERVER_NAME = once(() =>
  z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._:-]{0,62}$/, {
    error: issue => `should be a name of letters, digits, dots, dashes, colons, got ${showValue(issue.input)}`,
  }),
)

/** A name that something else gave, such as a load balancer to its server: capitals are its own. */
export const serverName = (meaning: string) => SERVER_NAME().meta({description: meaning, shape: 'server name'})

/** Which environment an entry belongs to; optional when there is only one. */
export const environmentName = once(() =>
  name('Name of the environment; may be left out when only one is configured').optional(),
)

const SECRET = once(() =>
  z.union(
    [
      z.string().min(1),
      z.strictObject({env: z.string().min(1).describe('Environment variable that holds the secret')}),
      z.strictObject({file: z.string().min(1).describe('File that holds the secret; a trailing newline is dropped')}),
      z.strictObject({
        command: z
          .array(z.string())
          .min(1)
          .describe('Command whose standard output is the secret, such as [op, read, ...]'),
      }),
    ],
    // The value itself may be the secret, so it is never shown.
    {error: 'should be a string, {env: NAME}, {file: PATH} or {command: [...]}'},
  ),
)

/** A secret: where it is read from. A plain string is taken as the value itself and is redacted like any other. */
export const secret = (meaning: string) => SECRET().meta({description: meaning, shape: 'secret'})
export type SecretRef = z.infer<ReturnType<typeof secret>>

/** Reads a secret at the moment it is needed; every value that was read is redacted from then on. */
export type ResolveSecret = (ref: SecretRef) => Promise<string>
