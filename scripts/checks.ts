/** Runs every check of `./scripts/test`, one after the other, and sums them up in one last line. */
import {spawn} from 'node:child_process'
import {mkdtempSync, readFileSync, rmSync} from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import {type Count, countTests, type VitestReport} from './count-tests.ts'

const root = path.resolve(import.meta.dirname, '..')
const full = process.argv.includes('--full')
const vitestArguments = process.argv.slice(2).filter(argument => argument !== '--full')
const environment = {
  ...process.env,
  ...(full ? {OPSCONSOLE_TEST_FULL: '1'} : {}),
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
  const file = path.join(directory, 'vitest.json')
  try {
    process.stdout.write(`== tests${full ? ' (full)' : ''}\n`)
    const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`] as const
    const ok = await run(['vitest', 'run', ...reporters, ...vitestArguments])
    return countTests(JSON.parse(readFileSync(file, 'utf8')) as VitestReport, ok)
  } catch (error) {
    process.stderr.write(`vitest left no report: ${String(error)}\n`)
    return {passed: 0, failed: 1}
  } finally {
    rmSync(directory, {recursive: true, force: true})
  }
}

const counts = [
  await check('types', ['tsc', '--noEmit']),
  await check('lint', ['oxlint', '--type-aware', '--deny-warnings', 'src', 'test', 'runbooks', 'scripts', 'bin']),
  await check('format', ['biome', 'format', '.']),
  await check('build', ['node', 'scripts/build.mjs']),
  await tests(),
]
const passed = counts.reduce((sum, count) => sum + count.passed, 0)
const failed = counts.reduce((sum, count) => sum + count.failed, 0)
process.stdout.write(`${passed} passed, ${failed} failed\n`)
process.exitCode = failed === 0 ? 0 : 1
