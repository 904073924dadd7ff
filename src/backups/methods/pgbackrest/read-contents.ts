import {z} from 'zod'
import {OpsError} from '../../../errors.ts'
import {escapeLine} from '../../../text/escape.ts'
import type {BackupRepository} from '../repository.ts'

const contentsSchema = z
  .array(
    z.object({
      backup: z
        .array(
          z.object({
            'database-ref': z.array(z.object({name: z.string()})).nullish(),
            tablespace: z.array(z.object({name: z.string(), destination: z.string()})).nullish(),
          }),
        )
        .min(1),
    }),
  )
  .min(1)

/** Of `info --set=LABEL --output=json`. Raises `backup/storage`. */
export function parseContents(text: string): Awaited<ReturnType<BackupRepository['contents']>> {
  const parsed = contentsSchema.safeParse(readJson(text))
  if (!parsed.success)
    throw new OpsError('backup/storage', 'what pgbackrest info says of this backup is not understood')
  const [found] = parsed.data[0]?.backup ?? []
  return {
    databases: (found?.['database-ref'] ?? []).map(({name}) => escapeLine(name, 63)),
    tablespaces: (found?.tablespace ?? []).map(({name, destination}) => ({
      name: escapeLine(name, 63),
      was: escapeLine(destination, 300),
    })),
  }
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
