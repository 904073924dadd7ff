import {z} from 'zod'
import {type BackupStorage, storeText} from '../storage/storage.ts'
import type {Timing} from './predict.ts'

/** What one restore took, beside the backups: the bytes of the database and the time in which it was filled. */
const timingSchema = z.lazy(() =>
  z.strictObject({
    v: z.literal(1),
    id: z.string(),
    at: z.number(),
    bytes: z.number(),
    storedBytes: z.number(),
    ms: z.number(),
    where: z.enum(['server', 'scratch']),
    run: z.string().nullable(),
  }),
)
type TimingRecord = z.infer<typeof timingSchema>

const NAME = /^timing-\d{8}-\d{9}\.json$/
/** More are neither read nor kept. */
const KEPT = 30

/** Kept beside the others; the oldest make room. */
export async function keepTiming(storage: BackupStorage, record: TimingRecord, signal?: AbortSignal): Promise<void> {
  const digits = new Date(record.at).toISOString().replace(/\D/g, '')
  const name = `timing-${digits.slice(0, 8)}-${digits.slice(8)}.json`
  await storeText(storage, name, `${JSON.stringify(record)}\n`, signal)
  const old = (await namesIn(storage, signal)).slice(KEPT)
  if (old.length > 0) await storage.remove(old, signal)
}

/** Newest first. One that is not whole is left out. */
export async function readTimings(storage: BackupStorage, signal?: AbortSignal): Promise<readonly Timing[]> {
  const names = (await namesIn(storage, signal)).slice(0, KEPT)
  const texts = names.length === 0 ? new Map<string, string>() : await storage.readTexts(names, signal)
  return names.flatMap(name => {
    const parsed = timingSchema.safeParse(parsedJson(texts.get(name)))
    return parsed.success ? [parsed.data] : []
  })
}

const namesIn = async (storage: BackupStorage, signal?: AbortSignal): Promise<readonly string[]> =>
  (await storage.list(signal))
    .filter(({name, whole}) => whole && NAME.test(name))
    .map(({name}) => name)
    .toSorted()
    .toReversed()

function parsedJson(text: unknown): unknown {
  try {
    return typeof text === 'string' ? JSON.parse(text) : undefined
  } catch {
    return undefined
  }
}
