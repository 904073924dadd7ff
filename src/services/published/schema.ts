import {z} from 'zod'
import {lateObject} from '../../kinds/late-object.ts'
import {duration} from '../../config/fields.ts'
import {jsonPath, platformFields} from '../../platforms/fields.ts'

const program = (meaning: string) => z.array(z.string()).min(1).describe(meaning)
const words = (meaning: string) => z.array(z.string().min(1)).default([]).describe(meaning)

/** A service whose platform keeps published versions and serves one of them. */
export const publishedSchema = lateObject(() => ({
  list: program('Program that prints the versions that the platform keeps, as JSON, the newest first. No shell'),
  read: z
    .strictObject({
      versions: jsonPath('Path of the list; empty: the document is the list'),
      id: jsonPath('Path of the id, from a version'),
      version: jsonPath(
        'Path of what is the same in a version that was published again; its id when left out',
      ).optional(),
      state: jsonPath('Path of its state, from a version'),
    })
    .describe('Where the answers stand in what `list` prints'),
  ready: words('States of a version that can be published'),
  failed: words('States of one that never can be'),
  live: words('States of the one that users get, where the platform says it so'),
  current: z
    .strictObject({
      program: program('Program that prints which version users get, as JSON'),
      at: jsonPath('Path of its id'),
    })
    .optional()
    .describe('Asked for the version that users get, where its state does not say it'),
  publish: program('Program that publishes a version; its {id} and {version} are filled in'),
  notUndone: words('What the way back does not bring back, for plans'),
  settle: duration('How long the platform may take until users get it').default(300_000),
  timeout: duration('Deadline of one of these programs').default(60_000),
  ...platformFields(),
}))
export type PublishedSpec = z.infer<typeof publishedSchema>
