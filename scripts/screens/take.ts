/**
 * Takes the pictures of the documentation: the real console in a pseudo-terminal, on a lab of its own, with real runs,
 * a real fault and the alert that follows; and animations of a deploy, an incident and a restore.
 * usage: node scripts/screens/take.ts [--only stills|watches|looks|animations|releases] [DIRECTORY]   (all of them, docs/screens when left out)
 */
import {spawnSync} from 'node:child_process'
import {cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join, resolve} from 'node:path'
import {parseArgs} from 'node:util'
import {takeAnimations} from './take-animations.ts'
import {takeReleases} from './take-releases.ts'
import {openPty} from './pty.ts'
import type {PtyProgram} from './pty.ts'
import {toPng} from './render.ts'
import type {InConsole} from './stage.ts'
import {takeLooks} from './take-looks.ts'
import {takeWatches} from './take-watches.ts'

const ROOT = resolve(import.meta.dirname, '../..')
const {values, positionals} = parseArgs({allowPositionals: true, options: {only: {type: 'string', default: 'all'}}})
const TARGET = resolve(positionals[0] ?? join(ROOT, 'docs/screens'))
const SIZES = [
  {columns: 80, rows: 24, version: '1.2.0'},
  {columns: 120, rows: 40, version: '1.3.0'},
] as const
const SMALL = {columns: 60, rows: 15} as const

const home = mkdtempSync(join(tmpdir(), 'opsconsole-'))
/** A copy of the built program: no picture shows where this checkout lies, and a build meanwhile is no matter. */
const CLI = join(home, 'program/dist/cli.mjs')
const lab = join(home, 'lab')
const config = join(lab, 'opsconsole.yaml')
const env = {PATH: process.env['PATH'] ?? '', HOME: home, OPSCONSOLE_STATE_DIR: join(home, 'state')}

function ops(...args: readonly string[]): string {
  const {status, stdout, stderr} = spawnSync(process.execPath, [CLI, ...args], {cwd: home, env, encoding: 'utf8'})
  if (status !== 0) throw new Error(`opsconsole ${args.join(' ')} ended with ${status}\n${stdout}${stderr}`)
  return stdout
}

const CONSENT = ['--yes', '--confirm', 'lab', '--config', config, '--env', 'lab'] as const

function stop(): void {
  spawnSync(process.execPath, [CLI, 'lab', 'down', '--dir', lab], {cwd: home, env, stdio: 'inherit'})
  rmSync(home, {recursive: true, force: true})
}

const inConsole: InConsole = async (size, work, dressed = {}) => {
  const {columns, rows} = size
  const argv = [process.execPath, CLI, '--config', dressed.config ?? config, ...(dressed.args ?? [])] as const
  const seen = openPty({argv: [...argv], env: {...env, ...dressed.env}, cwd: home, columns, rows})
  const shoot = async (name: string): Promise<void> => {
    await seen.still()
    const file = `${name}-${columns}x${rows}.png`
    writeFileSync(join(TARGET, file), toPng(seen.terminal, {scale: 1, ...(dressed.look && {look: dressed.look})}))
    process.stdout.write(`${file}\n`)
  }
  try {
    await seen.see('Services')
    await work(seen, shoot)
  } finally {
    seen.kill()
    await seen.ended
  }
}

/** A history to look at: a release, a backup, a drill, an invalidation, and a run that a person refused to start. */
function liveALittle(): void {
  const run = (...args: readonly string[]): string => ops('run', ...args, ...CONSENT)
  run('deploy', '-p', 'version=1.1.0', '--reason', 'release 1.1.0')
  run('backup', '--reason', 'nightly')
  run('dr-drill', '--reason', 'monthly drill')
  run('cache-invalidate', '-p', 'event=CATALOGUE_IMPORTED', '--reason', 'new prices')
}

const PANES = [
  ['1', 'services'],
  ['3', 'caches'],
  ['4', 'backups'],
  ['5', 'releases'],
  ['6', 'runs'],
  ['7', 'databases'],
  ['8', 'audit'],
] as const

async function takeQuietScreens(size: (typeof SIZES)[number]): Promise<void> {
  await inConsole(size, async (seen, shoot) => {
    await seen.gone(/◌ (\d+ )?no data/)
    // Long enough for a line in the small charts.
    await new Promise(resolve => setTimeout(resolve, 20_000))
    await shoot('overview')
    for (const [key, name] of PANES) {
      seen.press(key)
      await shoot(name)
    }
    seen.press('0')
    await seen.still()
    seen.press('?')
    await shoot('help')
    seen.press('esc')
    await seen.still()
    seen.press(':')
    await seen.type('run')
    await shoot('command-line')
    seen.press('esc')
    await seen.still()
    await takeRun(seen, shoot, size.version)
    seen.press('q')
    await seen.ended
    await shoot('after-leaving')
  })
}

/** From the picker to the end of a deploy, with every question a person is asked on the way. */
async function takeRun(seen: PtyProgram, shoot: (name: string) => Promise<void>, version: string): Promise<void> {
  seen.press('r')
  await seen.see('type to find')
  await seen.type('dep')
  await shoot('runbooks')
  seen.press('enter')
  await seen.see('Show the plan')
  await seen.type(version)
  await shoot('parameters')
  for (const key of ['up', 'enter']) {
    seen.press(key)
    await seen.still(100)
  }
  await seen.gone('Show the plan')
  await seen.see('would change')
  await shoot('plan')
  seen.press('s')
  await seen.see('Start deploy?')
  await seen.still()
  await seen.type('lab')
  await shoot('start')
  seen.press('enter')
  await seen.see('The run asks')
  await shoot('question')
  await new Promise(resolve => setTimeout(resolve, 500))
  seen.press('y')
  await seen.still()
  seen.press('enter')
  await seen.gone('The run asks')
  // Into the step that watches the new version, the longest.
  await new Promise(resolve => setTimeout(resolve, 6000))
  await shoot('run')
  await seen.see('all steps are done')
  await shoot('run-done')
}

async function takeAlerts(): Promise<void> {
  ops('lab', 'fault', 'add', 'redis-down', '--dir', lab)
  await inConsole(SIZES[1], async (seen, shoot) => {
    await seen.see(/\d critical/)
    await shoot('incident')
    seen.press('2')
    await shoot('alerts')
  })
  await inConsole(SIZES[0], async (seen, shoot) => {
    await seen.see(/\d critical/)
    await shoot('incident')
    seen.press('2')
    await shoot('alerts')
  })
  await inConsole(SMALL, (_seen, shoot) => shoot('overview'))
  ops('lab', 'fault', 'clear', '--dir', lab)
}

process.once('SIGINT', () => process.exit(130)).once('SIGTERM', () => process.exit(143))
process.once('exit', stop)
for (const part of ['dist', 'runbooks', 'package.json'])
  cpSync(join(ROOT, part), join(home, 'program', part), {recursive: true})
mkdirSync(TARGET, {recursive: true})
ops('lab', 'up', '--dir', lab, '--rps', '60')
liveALittle()
const inLab = (command: string, ...args: readonly string[]): string =>
  command === 'runs' ? ops(command, ...args, '--config', config) : ops(command, ...args)
const wanted = (...parts: readonly string[]): boolean => values.only === 'all' || parts.includes(values.only)
if (wanted('stills', 'releases')) await takeReleases({sizes: SIZES, inConsole, ops: inLab, consent: CONSENT})
if (wanted('stills', 'watches'))
  await takeWatches({sizes: SIZES, inConsole, ops, cli: CLI, config, env, home, consent: CONSENT})
if (wanted('stills')) {
  for (const size of SIZES) await takeQuietScreens(size)
  await takeAlerts()
}
if (wanted('stills', 'looks')) {
  ops('lab', 'fault', 'add', 'redis-down', '--dir', lab)
  await takeLooks(inConsole)
  ops('lab', 'fault', 'clear', '--dir', lab)
}
if (wanted('animations')) await takeAnimations({cli: CLI, config, env, home, lab, ops, target: TARGET})
