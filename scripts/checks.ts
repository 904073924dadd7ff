/** Runs every check of `./scripts/test`, one after the other, and sums them up in one last line. */
import {spawn} from 'node:child_process'
import {mkdtempSync, readFileSync, rmSync} from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import {type Count, countTests, skippedTests, slowestFiles, type VitestReport} from './count-tests.ts'
import {runFull} from './full.ts'
import {filesToTryAgain, secondTries, withSecondTry} from './second-try.ts'

const root = path.resolve(import.meta.dirname, '..')
const [first, id = '', ...others] = process.argv.slice(2)
const vitestArguments = process.argv.slice(2)
const environment = {
  ...process.env,
  NO_COLOR: '1',
  FORCE_COLOR: undefined,
}

function run(argv: readonly [string, ...string[]]): Promise<boolean> {
  return new Promise(resolve => {
    const [program, ...rest] = argv
    const child = spawn(program, rest, {cwd: root, env: environment, stdio: ['ignore', 'inherit', 'inherit']})
    const forward = (signal: NodeJS.Signals): boolean => child.kill(signal)
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, forward)
    child.on('error', error => {
      process.stderr.write(`${program}: ${error.message}\n`)
      resolve(false)
    })
    child.on('close', code => {
      for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.off(signal, forward)
      resolve(code === 0)
    })
  })
}

async function check(name: string, argv: readonly [string, ...string[]]): Promise<Count> {
  const started = performance.now()
  process.stdout.write(`== ${name}: ${argv.join(' ')}\n`)
  const ok = await run(argv)
  process.stdout.write(
    `== ${name}: ${ok ? 'passed' : 'FAILED'} in ${((performance.now() - started) / 1000).toFixed(1)} s\n`,
  )
  return ok ? {passed: 1, failed: 0} : {passed: 0, failed: 1}
}

async function tests(): Promise<Count> {
  const directory = mkdtempSync(path.join(os.tmpdir(), 'opsconsole-report-'))
  const tried = async (name: string, argv: readonly string[]): Promise<{report: VitestReport; ok: boolean}> => {
    const file = path.join(directory, `${name}.json`)
    const ok = await run([
      'vitest',
      'run',
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${file}`,
      ...argv,
    ])
    return {report: JSON.parse(readFileSync(file, 'utf8')) as VitestReport, ok}
  }
  try {
    process.stdout.write('== tests\n')
    const first = await tried('first', vitestArguments)
    const again = process.env['CI'] === 'true' && !first.ok ? filesToTryAgain(first.report) : []
    const second = again.length === 0 ? undefined : await tried('second', again)
    const report = second === undefined ? first.report : withSecondTry(first.report, second.report)
    const said = second === undefined ? [] : secondTries(first.report, second.report)
    process.stdout.write(['', ...said, ...slowestFiles(report, 20), ...skippedTests(report), ''].join('\n'))
    return countTests(report, (second ?? first).ok)
  } catch (error) {
    process.stderr.write(`vitest left no report: ${String(error)}\n`)
    return {passed: 0, failed: 1}
  } finally {
    rmSync(directory, {recursive: true, force: true})
  }
}

function end({passed, failed}: Count): never {
  process.stdout.write(`${passed} passed, ${failed} failed\n`)
  process.exit(failed === 0 ? 0 : 1)
}

if (first === '--full') {
  if (id === '' || others.length > 0) process.stderr.write('usage: ./scripts/test --full ID\n')
  end(runFull(id))
}
const counts = [
  await check('types', ['tsc', '--noEmit']),
  await check('lint', ['oxlint', '--type-aware', '--deny-warnings', 'src', 'test', 'runbooks', 'scripts', 'bin']),
  await check('format', ['biome', 'format', '.']),
  await check('build', ['node', 'scripts/build.mjs']),
  await tests(),
]
end({
  passed: counts.reduce((sum, {passed}) => sum + passed, 0),
  failed: counts.reduce((sum, {failed}) => sum + failed, 0),
})
