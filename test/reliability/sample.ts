import {readFileSync} from 'node:fs'
import path from 'node:path'

/** A test that tries a seeded sample each time, and all of it with `./scripts/test --full ID`. */
export interface SampledTest {
  readonly file: string
  /** Of the tests in the file that count, a regular expression. */
  readonly title: string
  /** What is counted. */
  readonly counts: string
  readonly sample: number | string
  /** In words where it depends on what is tried, such as `every`. */
  readonly full: number | string
  /** How many at a time `--full` asks for, so that it can be stopped and go on; all at once when left out. */
  readonly batch?: number
}

export const SAMPLED = JSON.parse(readFileSync(path.join(import.meta.dirname, 'ids.json'), 'utf8')) as Readonly<
  Record<string, SampledTest>
>

const entryOf = (id: string): SampledTest => {
  const entry = SAMPLED[id]
  if (!entry) throw new Error(`test/reliability/ids.json has no ${id}`)
  return entry
}

/** Whether all of it is tried in this process. */
export const isFull = (id: string): boolean => entryOf(id) !== undefined && process.env['OPSCONSOLE_TEST_FULL'] === id

/** How many are tried in this process. */
export function countOf(id: string): number {
  const {sample, full} = entryOf(id)
  return Number(isFull(id) ? (process.env['OPSCONSOLE_TEST_COUNT'] ?? full) : sample)
}

export const seedOr = (usual: number): number => Number(process.env['OPSCONSOLE_TEST_SEED'] ?? usual)
