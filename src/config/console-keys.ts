import {z} from 'zod'
import {lateObject} from '../kinds/late-object.ts'
import {once} from '../units/once.ts'

/** One key, or two after each other. What it may be is told by the console, which knows what all keys mean. */
const key = (meaning: string) => z.string().min(1).max(24).describe(meaning)

/** Keys of the console that are others than its own. Only the console reads them, and refuses what cannot be. */
export const keysSchema = once(() =>
  z
    .record(z.string().max(40), z.union([key('A key'), z.array(key('A key')).max(8)]))
    .describe(
      'Other keys for actions of the console, by their names in docs/keys.md; an empty list leaves one without',
    ),
)

/** A key of one's own: what it opens is planned, asked about and refused as if it had been chosen by hand. */
export const hotkeySchema = lateObject(() => ({
  key: key('Such as D, ctrl-g or g x'),
  label: z.string().min(1).max(20).describe('One or two words for the footer'),
  description: z.string().max(120).optional().describe('A sentence for the help screen'),
  pane: z.string().max(20).optional().describe('Where it holds, such as services; everywhere when left out'),
  runbook: z.string().max(63).optional().describe('Runbook whose plan it opens'),
  params: z
    .record(z.string().max(63), z.string().max(500))
    .default({})
    .describe(
      'Parameters of the runbook; {name}, {environment} and what the pane has are filled from the selected row',
    ),
  command: z.string().min(1).max(500).optional().describe('Instead of a runbook: what could be typed after the colon'),
}))
export type HotkeyConfig = z.infer<typeof hotkeySchema>
export type KeysConfig = z.infer<ReturnType<typeof keysSchema>>
