import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {afterAll, beforeAll, expect, test} from 'vitest'
import {runFiles} from '../../src/store/runs/directory.ts'
import {readEvents} from '../../src/store/runs/journal.ts'
import {createProgram, type Program, until} from '../program/program.ts'

/** A publication is two commands, a link beside and its rename. Here the host dies between them: the runner, and what it ran. */
let dir: string
let site: string
let program: Program
beforeAll(() => {
  dir = mkdtempSync(path.join(tmpdir(), 'opsconsole-publish-'))
  site = path.join(dir, 'a site')
  for (const version of ['1.0.0', '1.1.0']) {
    mkdirSync(path.join(site, 'versions', version), {recursive: true})
    writeFileSync(path.join(site, 'versions', version, 'index.html'), version)
  }
  // In the place of mv: while `wait` is there it says who it is, and does nothing.
  const bin = path.join(dir, 'bin')
  mkdirSync(bin)
  writeFileSync(
    path.join(bin, 'mv'),
    `#!/bin/sh\nif [ -e '${dir}/wait' ]; then rm '${dir}/wait'; echo $$ > '${dir}/pid'; while :; do sleep 0.1; done; fi\nPATH=/usr/bin:/bin exec mv "$@"\n`,
  )
  chmodSync(path.join(bin, 'mv'), 0o755)
  program = createProgram({env: {PATH: `${bin}:${process.env['PATH'] ?? ''}`}})
})
afterAll(() => {
  program.remove()
  rmSync(dir, {recursive: true, force: true})
})

const link = (): string => readlinkSync(path.join(site, 'current'))
const beside = (): readonly string[] => readdirSync(site).filter(name => name.startsWith('.current'))
const args = (version: string) => ['publish', '--yes', '-p', `directory=${site}`, '-p', `version=${version}`]

/** A run whose runner and whose `mv` are killed after its `ln`. */
async function killBetween(version: string): Promise<string> {
  writeFileSync(path.join(dir, 'wait'), '')
  const {stdout, stderr} = await program.run('run', ...args(version), '--detach', '--json')
  const {run} = JSON.parse(stdout || stderr) as {run: string}
  const pid = await until(
    'the second command',
    () => existsSync(path.join(dir, 'pid')) && Number(readFileSync(path.join(dir, 'pid'), 'utf8')),
    60_000,
  )
  rmSync(path.join(dir, 'pid'))
  const [first] = readEvents(runFiles(program.stateDir, run).journal).events
  if (first?.type !== 'run-started') throw new Error('the run has no beginning')
  process.kill(first.process.pid, 'SIGKILL')
  process.kill(pid, 'SIGKILL')
  await until(
    'the run to be lost',
    async () => (JSON.parse((await program.run('runs', 'show', run, '--json')).stdout) as {lost: boolean}).lost,
    60_000,
  )
  return run
}

/** A person says what becomes of the step that nobody knows the end of. */
async function takeUp(run: string, how: 'rerun' | 'abort'): Promise<string> {
  const {stdout, stderr} = await program.run('runs', 'settle', run, how, '--reason', 'the host died')
  await program.run('runs', 'attach', run)
  const {outcome} = JSON.parse((await program.run('runs', 'show', run, '--json')).stdout) as {outcome?: string}
  return outcome ?? `${stdout}${stderr}`
}

test('a version that is published, and one that is restored, killed between the two commands: users have the one before until it is taken up, and then the wanted one', async () => {
  const first = await program.run('run', ...args('1.0.0'))
  expect(first.code, first.stdout + first.stderr).toBe(0)
  for (const [before, version] of [
    ['1.0.0', '1.1.0'],
    ['1.1.0', '1.0.0'],
  ] as const) {
    const run = await killBetween(version)
    expect(link()).toBe(`versions/${before}`)
    expect(beside()).toEqual([`.current-${run}`])
    expect(await takeUp(run, 'rerun')).toBe('done')
    expect([link(), beside()]).toEqual([`versions/${version}`, []])
  }
}, 120_000)

test('aborted instead, it leaves what was published before and nothing beside it; what somebody published meanwhile stays', async () => {
  const run = await killBetween('1.1.0')
  expect(await takeUp(run, 'abort')).toMatch(/aborted|undone/)
  expect([link(), beside()]).toEqual(['versions/1.0.0', []])

  const second = await killBetween('1.1.0')
  rmSync(path.join(site, 'current'))
  mkdirSync(path.join(site, 'versions', '2.0.0'))
  writeFileSync(path.join(site, 'versions', '2.0.0', 'index.html'), '2')
  symlinkSync('versions/2.0.0', path.join(site, 'current'))
  expect(await takeUp(second, 'rerun')).toMatch(/undone|failed/)
  expect([link(), beside()]).toEqual(['versions/2.0.0', []])
}, 120_000)
