import {messageOf, OpsError} from '../errors.ts'
import {quotePosix} from '../text/quote-posix.ts'
import type {OpsContext} from './context.ts'
import {createFitOps} from './fit-ops.ts'
import type {CopyPlace, Proof} from './methods/method.ts'
import type {FoundManifest} from './manifest.ts'
import {requireWhole} from './whole.ts'
import {RESTORE_FAILED} from './records.ts'
import {restoreInto} from './restore.ts'
import {blamesBackup, restoreFault} from './restore-fault.ts'
import {predictionWords, predictRestore, type Timing} from './timing/predict.ts'
import {keepTiming, readTimings} from './timing/records.ts'

/** Bringing a backup back, beside what is live until it has been proved. */
export interface RestoreOps {
  /** Creates the database like the original and fills it. Raises `backup/restore`; the live database is not touched. */
  restore(id: string, place: CopyPlace): Promise<void>
  /** How long that will take, by what earlier ones took, in words; undefined when none was timed. */
  restoreEstimate(id: string, place: CopyPlace): Promise<string | undefined>
  /** Compares every table with the manifest, asks the declared checks, records the result beside the backup. */
  prove(id: string, place: CopyPlace): Promise<Proof>
  /** The same, but a difference raises `backup/mismatch`. */
  requireEqual(id: string, place: CopyPlace): Promise<Proof>
  /** Makes the statistics that a restored database lacks. */
  analyze(place: CopyPlace): Promise<void>
  /** Removes a copy with the sessions on it. */
  dropCopy(place: CopyPlace): Promise<void>
  /** Writes a row, reads it back, and takes it away again: the moment when it was there. */
  firstWrite(place: CopyPlace): Promise<number>
}

export function createRestoreOps(context: OpsContext): RestoreOps {
  const {tools, method} = context
  const prove = (id: string, place: CopyPlace): Promise<Proof> => proveCopyOf(context, id, place)

  return {
    prove,
    restore: (id, place) => restoreCopy(context, id, place),
    restoreEstimate: (id, place) => estimateOf(context, id, place),
    async requireEqual(id, place) {
      const proof = await prove(id, place)
      if (proof.ok) return proof
      throw new OpsError('backup/mismatch', `${place.database} is not what backup ${id} holds: ${proof.reason}`, {
        hint: 'The live database was not touched.',
      })
    },
    async analyze(place) {
      const command = method.commands(place).analyze
      if (command !== undefined) await tools.act(command, signal => method.analyze(place, signal), undefined)
    },
    async dropCopy(place) {
      await tools.act(method.commands(place).drop, signal => method.drop(place, signal), undefined)
    },
    async firstWrite(place) {
      await tools.act(method.commands(place).write, signal => method.writeOnce(place, signal), undefined)
      return tools.clock.now()
    },
  }
}

async function restoreCopy(context: OpsContext, id: string, place: CopyPlace): Promise<void> {
  const {source, catalog, tools, method} = context
  const found = await catalog.manifest(id, tools.signal)
  requireWhole(found.manifest)
  const identity = await context.access.identity()
  if (place.scratch !== undefined) await scratchGlobals(context, found, place)
  const command = `age -d ${quotePosix(`${source.address}/${found.manifest.file}`)} | ${method.fillCommand(place)}`
  let failure: Failure | undefined
  const filled = tools.act(
    `${method.commands(place).make}; ${command}`,
    async signal => {
      const begun = tools.clock.monotonic()
      await method.prepare(found.manifest, place, signal)
      await restoreInto({
        storage: catalog.storage,
        found,
        identity,
        method,
        place,
        signal,
        progress: (done, total) => tools.progress(done, total, 'bytes'),
        log: tools.log,
      }).catch((cause: unknown) => {
        if (place.scratch !== undefined && blamesBackup(cause))
          failure = {reason: restoreFault(cause), into: place.database, ms: tools.clock.monotonic() - begun}
        throw cause
      })
      await noteTiming(context, found, {place, ms: tools.clock.monotonic() - begun})
    },
    undefined,
  )
  await filled.catch(async (cause: unknown) => {
    if (failure !== undefined) await noteFailed(context, found, failure)
    throw cause
  })
}

const whereOf = ({scratch}: CopyPlace): Timing['where'] => (scratch === undefined ? 'server' : 'scratch')

/** What the next one is predicted by. A restore that worked does not fail for a note. */
async function noteTiming(
  {catalog, tools}: OpsContext,
  {manifest}: FoundManifest,
  {place, ms}: {readonly place: CopyPlace; readonly ms: number},
): Promise<void> {
  const {id, databaseBytes, storedBytes} = manifest
  const run = tools.run === '' ? null : tools.run
  const about = {v: 1, id, at: tools.clock.now(), bytes: databaseBytes, storedBytes, run} as const
  await keepTiming(catalog.storage, {...about, ms: Math.round(ms), where: whereOf(place)}, tools.signal).catch(
    (cause: unknown) => tools.log(`how long it took is not kept: ${messageOf(cause)}`),
  )
}

async function estimateOf({catalog, tools}: OpsContext, id: string, place: CopyPlace): Promise<string | undefined> {
  const [{manifest}, timings] = await Promise.all([
    catalog.manifest(id, tools.signal),
    readTimings(catalog.storage, tools.signal),
  ])
  const found = predictRestore(timings, {bytes: manifest.databaseBytes, where: whereOf(place)})
  return found && predictionWords(found, manifest.databaseBytes)
}

/** Why a backup could not be brought back, into which database, and after how long. */
interface Failure {
  readonly reason: string
  readonly into: string
  readonly ms: number
}

/** Roles and tablespaces as on the server of the backup: a drill tries them, too. */
async function scratchGlobals(context: OpsContext, found: FoundManifest, place: CopyPlace): Promise<void> {
  const {id} = found.manifest
  try {
    await createFitOps(context).createGlobals(id, place)
  } catch (cause) {
    context.tools.signal.throwIfAborted()
    const reason = `roles and other globals: ${restoreFault(cause)}`
    await noteFailed(context, found, {reason, into: place.database, ms: 0})
    throw new OpsError('backup/restore', `restore of ${id} failed: ${reason}`, {cause})
  }
}

/** A drill that cannot bring a backup back has found out something about it: from now on it is not a good one. */
async function noteFailed(
  {catalog, tools}: OpsContext,
  {manifest, digest}: FoundManifest,
  {reason, into, ms}: Failure,
): Promise<void> {
  const record = {
    v: 1,
    manifest: digest,
    at: tools.clock.now(),
    ok: false,
    reason: `${RESTORE_FAILED}${reason}`,
    into,
    tables: 0,
    rows: 0,
    durationMs: Math.round(ms),
    run: tools.run === '' ? null : tools.run,
  } as const
  await tools.act(
    `record that backup ${manifest.id} could not be restored`,
    signal => catalog.writeRecord(manifest.id, 'restored', record, signal),
    undefined,
  )
  tools.log(`backup ${manifest.id} is not good: ${record.reason}`)
}

async function proveCopyOf(context: OpsContext, id: string, place: CopyPlace): Promise<Proof> {
  const {source, catalog, tools, method} = context
  if (tools.dryRun) return uncompared
  const found = await catalog.manifest(id, tools.signal)
  const proof = await method.prove(found.manifest, place, {
    checks: source.backup.checks,
    signal: tools.signal,
    progress: (done, total) => tools.progress(done, total, 'tables'),
    now: () => tools.clock.monotonic(),
  })
  const record = {
    v: 1,
    manifest: found.digest,
    at: tools.clock.now(),
    ok: proof.ok,
    reason: proof.reason,
    into: place.database,
    tables: proof.tables,
    rows: proof.rows,
    durationMs: Math.round(proof.durationMs),
    run: tools.run === '' ? null : tools.run,
  } as const
  await tools.act(
    `record the restore test of backup ${id}`,
    signal => catalog.writeRecord(id, 'restored', record, signal),
    undefined,
  )
  tools.log(proof.reason)
  return proof
}

const uncompared: Proof = {
  ok: true,
  tables: 0,
  rows: 0,
  checks: [],
  differences: [],
  reason: 'dry run: there is nothing to compare',
  durationMs: 0,
}
