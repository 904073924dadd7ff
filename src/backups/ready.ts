import {OpsError} from '../errors.ts'
import {requireAnswers} from '../kinds/questions.ts'
import type {OpsContext} from './context.ts'
import {openSealed, SealError} from './encryption/open.ts'
import {type BackupPurpose, PLAN_QUESTIONS} from './questions.ts'

const ASK_MS = 20_000

/** See `BackupOps.requireReady`. */
export async function requireReady(
  {source, tools, access, catalog, method}: OpsContext,
  purpose: BackupPurpose,
  id: string | undefined,
): Promise<void> {
  const {backup} = source
  const asking = {...tools, name: `backup ${backup.name}`, timeoutMs: ASK_MS}
  await requireAnswers(
    PLAN_QUESTIONS,
    {backup, tools: asking},
    {purpose, code: 'config/invalid', intro: `backup ${backup.name} is not ready for a ${purpose}`},
  )
  if (method.repository !== undefined && purpose === 'drill')
    throw new OpsError('config/invalid', `backup ${backup.name} is a whole cluster, which dr-drill does not restore`, {
      hint: 'Use the runbook restore-pitr with keep=false: it restores, proves and removes.',
    })
  // Its key is known by then: the catalogue was read.
  if (method.repository !== undefined) return
  if (purpose !== 'restore' && purpose !== 'drill') return
  const identity = await access.identity()
  if (id === undefined) return
  const {manifest} = await catalog.manifest(id, tools.signal)
  try {
    const first = openSealed(catalog.storage.read(manifest.file, {signal: tools.signal}), [identity])
    await first.next()
    await first.return(undefined)
  } catch (cause) {
    tools.signal.throwIfAborted()
    // Damage is what reading it to its end is for: only the key is asked here.
    if (cause instanceof SealError && cause.fault === 'key')
      throw new OpsError('backup/damaged', `backup ${id} is wrongly keyed: ${cause.message}`, {
        cause,
        hint: 'Give the identity that belongs to one of its recipients (backups/encryption/identity).',
      })
  }
}
