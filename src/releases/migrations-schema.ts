import {z} from 'zod'
import {lateObject} from '../kinds/late-object.ts'
import {duration} from '../config/fields.ts'

const command = (meaning: string) =>
  z.array(z.string()).min(1).optional().describe(`${meaning}; {from} and {to} are filled in with versions, no shell`)

/** What the project's own migration tool is asked, and told, about the way back. */
export const migrationsSchema = lateObject(() => ({
  check: command('Exit code 0: {to} runs with the schema and configuration that {from} needs. Only reads'),
  preview: command('Prints what the down-migration would do. Only reads'),
  down: command('Takes the database back from what {from} needs to what {to} needs'),
  pending: command(
    'Exit code 0: a deploy to {to} migrates the database, 1: it does not. Only reads; without it every deploy does',
  ),
  restorePoint: z.string().optional().describe('Backup that makes a restore point before a deploy that migrates'),
  timeout: duration('Deadline of one of these commands').default(300_000),
}))
  .optional()
  .describe('Database migrations of the way back; never run by themselves')
