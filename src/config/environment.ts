import {z} from 'zod'
import {lateObject} from '../kinds/late-object.ts'
import {name} from './fields.ts'

/** One of the environments of the file. A change in a protected one wants its name typed. */
export const environmentSchema = lateObject(() => ({
  name: name('Name of the environment, such as production'),
  protected: z
    .boolean()
    .default(false)
    .describe(
      'What disrupts or destroys needs the name of the environment typed: --confirm NAME, or the dialog of the console',
    ),
  description: z.string().optional().describe('One line for people'),
}))
export type Environment = z.infer<typeof environmentSchema>
