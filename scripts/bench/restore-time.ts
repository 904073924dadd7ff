/**
 * The predicted time of a restore against the one that followed: databases of random sizes, each backed up and restored beside
 * the live one, predicted by the restores before it. A fixed reference is restored before and after each, so that a machine
 * that became slower meanwhile is seen: its drift from before to after, and how it stands to the references beside the
 * restores that the prediction comes from. Both are reported with each, and nothing is corrected by them; those during which
 * the machine stayed as it was are counted once more by themselves.
 *
 *   node scripts/bench/restore-time.ts [--restores N] [--first N] [--most MEGABYTES] [--seed N] [--json]
 */
import {parseArgs} from 'node:util'
import {folderOf} from '../../src/backups/source.ts'
import {directoryStorage} from '../../src/backups/storage/dir/dir.ts'
import {predictRestore} from '../../src/backups/timing/predict.ts'
import {readTimings} from '../../src/backups/timing/records.ts'
import {randomFrom} from '../../test/program/random.ts'
import {type BackupBench, startBackupBench} from '../../test/servers/backup-bench.ts'

const {values: flags} = parseArgs({
  options: {
    restores: {type: 'string', default: '20'},
    /** Restores before the first prediction. */
    first: {type: 'string', default: '4'},
    most: {type: 'string', default: '160'},
    seed: {type: 'string', default: '20261127'},
    json: {type: 'boolean', default: false},
  },
})
const WITHIN = 0.3
/** A machine whose reference takes so much more or less time is another one. */
const STEADY = 0.15
/** The prediction comes from at most so many restores. */
const REMEMBERED = 9
const ROW_BYTES = 150

interface Result {
  readonly megabytes: number
  readonly predictedMs: number
  readonly tookMs: number
  /** 0.1: a tenth longer than predicted. */
  readonly off: number
  /** The reference after it against the reference before it. */
  readonly drift: number
  /** Both of them against those beside the restores that the prediction comes from. */
  readonly pace: number
}

const median = (values: readonly number[]): number =>
  values.toSorted((one, two) => one - two)[Math.floor(values.length / 2)] ?? Number.NaN

async function fillWith(bench: BackupBench, megabytes: number): Promise<void> {
  await bench.query('TRUNCATE ballast')
  await bench.query(
    `INSERT INTO ballast SELECT i, md5(i::text) || repeat(md5((i % 1000)::text), 2) FROM generate_series(1, ${Math.round((megabytes * 1e6) / ROW_BYTES)}) i`,
  )
}

/** A backup of the database as it is, restored once: the newest timing tells how long that took. */
async function restoreOnce(bench: BackupBench, name: string, id: string) {
  const ops = bench.ops({}, bench.configured({name}))
  await ops.restore(id, {database: 'shop_copy'})
  await ops.dropCopy({database: 'shop_copy'})
}
const timingsOf = (bench: BackupBench, name: string) => {
  const [backup] = bench.configured({name}).backups
  return readTimings(
    directoryStorage(
      {type: 'dir', path: bench.directory},
      {folder: folderOf(backup!), secret: () => Promise.reject(new Error('a directory has no secret'))},
    ),
  )
}
const newest = async (bench: BackupBench, name: string) => (await timingsOf(bench, name))[0]!

const bench = await startBackupBench()
try {
  await bench.fill()
  await bench.query('CREATE TABLE ballast (id int PRIMARY KEY, text text)')
  await fillWith(bench, 30)
  const reference = await bench.ops({}, bench.configured({name: 'reference'})).create()
  const referenceMs = async (): Promise<number> => {
    await restoreOnce(bench, 'reference', reference.id)
    return (await newest(bench, 'reference')).ms
  }
  const random = randomFrom(Number(flags.seed))
  const results: Result[] = []
  const references: number[] = []
  const first = Number(flags.first)
  for (let count = 0; count < first + Number(flags.restores); count += 1) {
    const megabytes = Math.round(20 + random() * (Number(flags.most) - 20))
    await fillWith(bench, megabytes)
    const {id, databaseBytes} = await bench.ops().create()
    const prediction = predictRestore(await timingsOf(bench, 'shop'), {bytes: databaseBytes, where: 'server'})
    const before = await referenceMs()
    await restoreOnce(bench, 'shop', id)
    const {ms: tookMs} = await newest(bench, 'shop')
    const after = await referenceMs()
    const pace = (before + after) / 2 / median(references.slice(-REMEMBERED)) - 1
    references.push((before + after) / 2)
    if (count < first || prediction === undefined) continue
    results.push({
      megabytes: Math.round(databaseBytes / 1e6),
      predictedMs: Math.round(prediction.ms),
      tookMs,
      off: tookMs / prediction.ms - 1,
      drift: after / before - 1,
      pace,
    })
    if (!flags.json) console.log(lineOf(results.at(-1)!))
  }
  const good = ({off}: Result): boolean => Math.abs(off) <= WITHIN
  const steady = results.filter(({drift, pace}) => Math.max(Math.abs(drift), Math.abs(pace)) <= STEADY)
  const [within, ofSteady] = [results.filter(good).length, steady.filter(good).length]
  console.log(
    flags.json
      ? JSON.stringify({within, of: results.length, steady: {within: ofSteady, of: steady.length}, results})
      : `${within} of ${results.length} within ±30 %; while the machine stayed as it was (±15 %): ${ofSteady} of ${steady.length}`,
  )
  process.exitCode = within >= Math.ceil(results.length * 0.9) ? 0 : 1
} finally {
  await bench.stop()
}

function lineOf({megabytes, predictedMs, tookMs, off, drift, pace}: Result): string {
  const percent = (share: number): string => `${share < 0 ? '' : '+'}${Math.round(share * 100)} %`
  return `${megabytes} MB: ${predictedMs} ms predicted, ${tookMs} ms taken, ${percent(off)}; reference ${percent(drift)} meanwhile, ${percent(pace)} to earlier ones`
}
