import {z} from 'zod'
import {OpsError} from '../../../errors.ts'
import {type Restic, resticError} from './program.ts'

const snapshotSchema = z.object({
  id: z.string().regex(/^[0-9a-f]{64}$/),
  tree: z.string(),
  paths: z.array(z.string()),
  tags: z
    .array(z.string())
    .nullish()
    .transform(tags => tags ?? []),
})
export type Snapshot = z.output<typeof snapshotSchema>

/** The tag of the snapshot of a backup. */
export const tagOf = (id: string): string => `opsconsole-${id}`

/** All that carry this tag, or all. Takes no lock. Raises `backup/storage`. */
export async function readSnapshots(restic: Restic, signal: AbortSignal, tag?: string): Promise<readonly Snapshot[]> {
  const words = ['snapshots', '--json', '--no-lock', ...(tag === undefined ? [] : ['--tag', tag])]
  const result = await restic.run(words, signal)
  if (result.exitCode !== 0) throw resticError(result, 'snapshots')
  const parsed = z.array(snapshotSchema).nullable().safeParse(JSON.parse(result.stdout))
  if (!parsed.success)
    throw new OpsError('backup/storage', `the snapshots of restic are not understood: ${z.prettifyError(parsed.error)}`)
  return parsed.data ?? []
}

/** Removes the snapshots of one backup, named one by one, and what nothing else needs. Nothing to do when there is none. */
export async function forgetBackup(restic: Restic, id: string, signal: AbortSignal): Promise<void> {
  const snapshots = await readSnapshots(restic, signal, tagOf(id))
  if (snapshots.length === 0) return
  const result = await restic.run(['forget', '--prune', ...snapshots.map(snapshot => snapshot.id)], signal)
  const left = await readSnapshots(restic, signal, tagOf(id))
  if (left.length > 0 || result.exitCode !== 0) throw resticError(result, 'forget')
}
