/**
 * Is the program as fast as it was? This build against the build of another commit, with the same packages and the same
 * calls, one after the other in each round: CPU (user + system, of the process that is called) and wall time of starting,
 * and wall time of a step. The median of the rounds of each, and their ratio.
 * usage: node scripts/bench/against.ts COMMIT [--rounds N] [--only start|steps] [--keep DIRECTORY]
 */
import {execFileSync, spawnSync} from 'node:child_process'
import {existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {parseArgs} from 'node:util'

const ROOT = path.resolve(import.meta.dirname, '../..')
const STEPS = 400
const IN_A_ROW = 10
const {values, positionals} = parseArgs({
  allowPositionals: true,
  options: {rounds: {type: 'string', default: '10'}, only: {type: 'string'}, keep: {type: 'string'}},
})
const [commit] = positionals
const rounds = Number(values.rounds)
if (commit === undefined || !(rounds > 0)) {
  process.stderr.write('usage: node scripts/bench/against.ts COMMIT [--rounds N] [--only start|steps]\n')
  process.exit(2)
}

/** What is measured of one build, the numbers by what was measured. */
interface Build {
  readonly program: string
  readonly state: string
  readonly measured: Map<string, number[]>
}

const STARTS: readonly (readonly string[])[] = [
  ['--version'],
  ['--help'],
  ['runs', 'list'],
  ['status'],
  ['plan', 'trivial', '-p', 'steps=1'],
]

/** One of each noun; nothing answers, so that a status waits for nobody. */
const CONFIG = `environments: [{name: bench}]
services: [{name: web, probe: {type: tcp, host: 127.0.0.1, port: 9}}]
databases: [{name: shop, url: 'postgres://ops@127.0.0.1:9/shop'}]
caches: [{name: sessions, url: 'redis://127.0.0.1:9'}]
backups:
  - {name: shop, database: shop, storage: {type: dir, path: backups}, encryption: {recipients: [age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p]}}
releases:
  - name: web
    traffic: {type: haproxy, socket: haproxy.sock, backend: app}
    slots: [{name: blue, instances: [{name: b, url: 'http://127.0.0.1:9'}]}, {name: green, instances: [{name: g, url: 'http://127.0.0.1:9'}]}]
    instances: {type: command, deploy: [./deploy, '{instance}', '{version}'], stop: [./stop, '{instance}']}
`

const dir = mkdtempSync(path.join(tmpdir(), 'opsconsole-against-'))
try {
  prepare()
  const builds = [buildOf(ROOT, 'now'), buildOf(checkOut(commit), 'then')] as const
  for (const build of builds) call(build, ['run', 'trivial', '--yes', '-p', 'steps=1'])
  // The first round fills caches and counts for nothing.
  for (let round = 0; round <= rounds; round += 1) {
    for (const build of round % 2 === 0 ? builds : builds.toReversed()) {
      if (values.only !== 'steps') measureStarts(build)
      if (values.only !== 'start') measureSteps(build)
      if (round === 0) build.measured.clear()
    }
  }
  report(...builds)
} finally {
  rmSync(dir, {recursive: true, force: true})
}

/** A configuration and a runbook that both understand. */
function prepare(): void {
  mkdirSync(path.join(dir, 'runbooks'))
  writeFileSync(path.join(dir, 'opsconsole.yaml'), CONFIG)
  writeFileSync(
    path.join(dir, 'runbooks/trivial.ts'),
    `import {runbook, step, z} from 'opsconsole'; export default runbook({name: 'trivial', summary: 'Trivial steps', danger: 'disruptive', params: z.object({steps: z.number()}),
  plan: ({params}) => Array.from({length: params.steps}, (_, n) => step({id: 's' + n, title: 'Step ' + n, run: async ({$}) => { await $\`true\` }}))})`,
  )
}

/** A clone with that commit, kept where `--keep` says, so that it is built once only. */
function checkOut(wanted: string): string {
  const clone = values.keep ?? path.join(dir, 'clone')
  if (!existsSync(clone)) execFileSync('git', ['clone', '--quiet', '--no-checkout', ROOT, clone])
  execFileSync('git', ['-C', clone, 'checkout', '--quiet', '--detach', wanted])
  const packages = path.join(clone, 'node_modules')
  if (!existsSync(packages)) symlinkSync(path.join(ROOT, 'node_modules'), packages)
  return clone
}

function buildOf(root: string, name: string): Build {
  execFileSync(process.execPath, ['scripts/build.mjs', '--if-stale'], {cwd: root, stdio: 'inherit'})
  return {program: path.join(root, 'dist/cli.mjs'), state: path.join(dir, name), measured: new Map()}
}

function measureStarts(build: Build): void {
  for (const args of STARTS) {
    const {cpuMs, ms} = call(build, args)
    note(build, `${args[0]} ${args[1]?.startsWith('l') ? args[1] : ''}`.trim(), {cpu: cpuMs, wall: ms})
  }
}

/** The usual time from one step to the next: the median of ten steps in a row, which a pause of the machine leaves alone. */
function measureSteps(build: Build): void {
  const run = ['run', 'trivial', '--yes', '--json', '-p']
  note(build, 'run of one step', {wall: call(build, [...run, 'steps=1']).ms})
  // In a state of its own: lists and plans read the journals of the runs before, and are measured as starts.
  const begun = call({...build, state: `${build.state}-steps`}, [...run, `steps=${STEPS}`]).printed.matchAll(
    /"at":(\d+)[^\n]*"type":"step-started"/g,
  )
  const moments = [...begun].map(([, at]) => Number(at))
  const tens = moments.slice(IN_A_ROW).map((at, n) => at - (moments[n] ?? NaN))
  note(build, 'a step', {wall: median(tens) / IN_A_ROW})
}

function note({measured}: Build, what: string, figures: Readonly<Record<string, number>>): void {
  for (const [kind, figure] of Object.entries(figures)) {
    const name = `${what}, ${kind}`
    measured.set(name, [...(measured.get(name) ?? []), figure])
  }
}

interface Called {
  readonly cpuMs: number
  readonly ms: number
  readonly printed: string
}

/** bash asks the kernel what the program used. */
function call({program, state}: Build, args: readonly string[]): Called {
  const script = 'TIMEFORMAT="%U %S %R"; time "$@" 2>/dev/null'
  const {stdout, stderr} = spawnSync('bash', ['-c', script, 'bash', process.execPath, program, ...args], {
    cwd: dir,
    env: {...process.env, CI: 'true', OPSCONSOLE_STATE_DIR: state, XDG_CACHE_HOME: `${state}-cache`, LC_ALL: 'C'},
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  })
  const [user, system, real] = stderr.trim().split(' ').map(Number)
  if (user === undefined || system === undefined || real === undefined) throw new Error(`not measured: ${stderr}`)
  return {cpuMs: (user + system) * 1000, ms: real * 1000, printed: stdout}
}

function median(numbers: readonly number[] = []): number {
  const sorted = numbers.toSorted((a, b) => a - b)
  const half = Math.floor(sorted.length / 2)
  return sorted.length % 2 === 1 ? (sorted[half] ?? NaN) : ((sorted[half - 1] ?? NaN) + (sorted[half] ?? NaN)) / 2
}

function report(now: Build, then: Build): void {
  const line = (...cells: readonly string[]): void =>
    void process.stdout.write(`${cells.map((cell, n) => (n === 0 ? cell.padEnd(24) : cell.padStart(10))).join(' ')}\n`)
  line(`ms, median of ${rounds}`, 'now', 'then', 'ratio')
  for (const [what, figures] of now.measured) {
    const [ours, theirs] = [median(figures), median(then.measured.get(what))]
    line(what, ours.toFixed(1), theirs.toFixed(1), (ours / theirs).toFixed(3))
  }
}
