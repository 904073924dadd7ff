/** `./scripts/test --full ID`: what each test run samples, at its full count, in batches; goes on where it was stopped. */
import {execFileSync, spawnSync} from 'node:child_process'
import {appendFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import {SAMPLED, type SampledTest} from '../test/reliability/sample.ts'
import {type Count, countTests, type VitestReport} from './count-tests.ts'

const root = path.resolve(import.meta.dirname, '..')
const LONGEST_MS = 100 * 60_000
const FIRST_SEED = 20261126

/** How far it has come; of one commit, because another one would be another proof. */
interface Progress extends Count {
  readonly commit: string
  readonly batches: number
  readonly ms: number
}

const git = (...args: readonly string[]): string => execFileSync('git', args, {cwd: root, encoding: 'utf8'}).trim()
const commitNow = (): string =>
  git('rev-parse', '--short', 'HEAD') +
  (git('status', '--porcelain', '--', 'src', 'test', 'runbooks') === '' ? '' : ' with changes')

/** Tries everything of an id, its parts (`P3`, `P3 hosts`) one after the other. Returns what passed and what failed. */
export function runFull(id: string): Count {
  const parts = Object.entries(SAMPLED).filter(([name]) => name === id || name.startsWith(`${id} `))
  if (parts.length === 0) {
    process.stderr.write(`there is no ${id}; there are ${Object.keys(SAMPLED).join(', ')}\n`)
    return {passed: 0, failed: 1}
  }
  const deadline = performance.now() + LONGEST_MS
  const counts = parts.map(([name, entry]) => runPart(name, entry, deadline))
  return {
    passed: counts.reduce((sum, {passed}) => sum + passed, 0),
    failed: counts.reduce((sum, {failed}) => sum + failed, 0),
  }
}

function runPart(name: string, entry: SampledTest, deadline: number): Count {
  const {full, batch} = entry
  const batches = typeof full === 'number' && batch !== undefined ? full / batch : 1
  const file = path.join(root, '.full', `${name.replaceAll(' ', '-')}.json`)
  let progress = progressOf(file, commitNow())
  if (progress.batches > 0)
    process.stdout.write(`== ${name}: goes on after ${progress.batches} of ${batches} batches\n`)
  while (progress.batches < batches) {
    const left = deadline - performance.now()
    if (left <= 0) break
    process.stdout.write(`== ${name}: batch ${progress.batches + 1} of ${batches}\n`)
    const started = performance.now()
    const done = runBatch(name, entry, {seed: FIRST_SEED + progress.batches * 1000, left})
    if (done === undefined) break
    progress = {
      ...progress,
      batches: progress.batches + 1,
      passed: progress.passed + done.passed,
      failed: progress.failed + done.failed,
      ms: progress.ms + (performance.now() - started),
    }
    mkdirSync(path.dirname(file), {recursive: true})
    writeFileSync(file, JSON.stringify(progress))
  }
  record(name, entry, {progress, batches})
  if (progress.batches === batches) rmSync(file, {force: true})
  return progress.batches === batches ? progress : {passed: progress.passed, failed: progress.failed + 1}
}

function progressOf(file: string, commit: string): Progress {
  try {
    const kept = JSON.parse(readFileSync(file, 'utf8')) as Progress
    if (kept.commit === commit) return kept
  } catch {
    // Nothing was begun.
  }
  return {commit, batches: 0, ms: 0, passed: 0, failed: 0}
}

/** Undefined when its time was up before it ended. */
function runBatch(
  name: string,
  {file, title, batch}: SampledTest,
  {seed, left}: {seed: number; left: number},
): Count | undefined {
  const directory = mkdtempSync(path.join(os.tmpdir(), 'opsconsole-full-'))
  const report = path.join(directory, 'vitest.json')
  try {
    const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`]
    const only = title === '' ? [] : ['--testNamePattern', title]
    const {status, error} = spawnSync(
      path.join(root, 'node_modules/.bin/vitest'),
      ['run', file, ...only, ...reporters],
      {
        cwd: root,
        stdio: ['ignore', 'inherit', 'inherit'],
        timeout: Math.ceil(left),
        env: {
          ...process.env,
          OPSCONSOLE_TEST_FULL: name,
          OPSCONSOLE_TEST_SEED: String(seed),
          ...(batch === undefined ? {} : {OPSCONSOLE_TEST_COUNT: String(batch)}),
          NO_COLOR: '1',
        },
      },
    )
    if (error) return undefined
    return countTests(JSON.parse(readFileSync(report, 'utf8')) as VitestReport, status === 0)
  } finally {
    rmSync(directory, {recursive: true, force: true})
  }
}

function record(
  name: string,
  {counts, full, batch}: SampledTest,
  {progress, batches}: {progress: Progress; batches: number},
): void {
  const tried = progress.batches === batches ? `${full}` : `${progress.batches * (batch ?? 0)} of ${full}`
  const end = progress.batches === batches ? '' : ', stopped after 100 minutes'
  const figure = `${progress.passed} tests passed, ${progress.failed} failed, ${(progress.ms / 60_000).toFixed(1)} min${end}`
  const seeds = `${FIRST_SEED}${batches > 1 ? ` + ${(progress.batches - 1) * 1000} in steps of 1000` : ''}`
  const day = new Date().toISOString().slice(0, 10)
  const cells = [day, name, `${tried} ${counts}`, seeds, progress.commit, figure]
  appendFileSync(path.join(root, 'docs/proofs.md'), `| ${cells.join(' | ')} |\n`)
  process.stdout.write(`== ${name}: ${tried} ${counts}: ${figure}; written into docs/proofs.md\n`)
}
