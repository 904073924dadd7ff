/**
 * Time a step, over start-up, of 100 trivial steps: ours (journal, audit, redaction, streaming on) against plain zx, a
 * bash loop and, where it is installed, an Ansible playbook. All in one run, one after the other in each round. For ours
 * also the time from the start of the program to its first step.
 * usage: node scripts/bench/steps.ts [--rounds N] [--json]
 */
import {spawnSync} from 'node:child_process'
import {mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {parseArgs} from 'node:util'

const ROOT = path.resolve(import.meta.dirname, '../..')
const STEPS = 100
const {values} = parseArgs({options: {rounds: {type: 'string', default: '5'}, json: {type: 'boolean', default: false}}})
const rounds = Number(values.rounds)

const dir = mkdtempSync(path.join(tmpdir(), 'opsconsole-bench-'))
try {
  prepare()
  const contenders = [ours(), plainZx(), bashLoop(), ansible()].filter(each => each !== undefined)
  const results = contenders.map(each => ({
    ...each,
    full: [] as number[],
    empty: [] as number[],
    first: [] as number[],
  }))
  for (let round = 0; round <= rounds; round += 1) {
    for (const each of results) {
      const [full, empty] = [time(each.command(STEPS)), time(each.command(1))]
      if (round > 0) {
        each.full.push(full.ms)
        each.empty.push(empty.ms)
        if (empty.firstStepMs !== undefined) each.first.push(empty.firstStepMs)
      }
    }
  }
  report(
    results.map(({name, full, empty, first}) => ({
      name,
      msPerStep: (median(full) - median(empty)) / (STEPS - 1),
      startMs: median(empty),
      firstStepMs: first.length === 0 ? undefined : median(first),
    })),
  )
} finally {
  rmSync(dir, {recursive: true, force: true})
}

interface Contender {
  readonly name: string
  readonly command: (steps: number) => readonly string[]
}

function prepare(): void {
  mkdirSync(path.join(dir, 'runbooks'))
  writeFileSync(path.join(dir, 'opsconsole.yaml'), 'environments: [{name: bench}]\n')
  writeFileSync(
    path.join(dir, 'runbooks/trivial.ts'),
    `import {runbook, step, z} from 'opsconsole'; export default runbook({name: 'trivial', summary: 'Trivial steps', danger: 'disruptive', params: z.object({steps: z.number()}),
  plan: ({params}) => Array.from({length: params.steps}, (_, n) => step({id: 's' + n, title: 'Step ' + n, run: async ({$}) => { await $\`true\` }}))})`,
  )
  writeFileSync(
    path.join(dir, 'plain.mjs'),
    `import {$} from '${ROOT}/node_modules/zx/build/core.js'\n$.verbose = false\nfor (let n = 0; n < Number(process.argv[2]); n += 1) await $\`true\`\n`,
  )
}

function ours(): Contender {
  return {
    name: 'opsconsole run',
    command: steps => [
      process.execPath,
      path.join(ROOT, 'dist/cli.mjs'),
      'run',
      'trivial',
      '--yes',
      '-p',
      `steps=${steps}`,
      '--json',
    ],
  }
}

function plainZx(): Contender {
  return {name: 'plain zx', command: steps => [process.execPath, path.join(dir, 'plain.mjs'), String(steps)]}
}

function bashLoop(): Contender {
  return {
    name: 'bash -c in a loop',
    command: steps => ['bash', '-c', `for n in $(seq ${steps}); do bash -c true; done`],
  }
}

function ansible(): Contender | undefined {
  if (spawnSync('ansible-playbook', ['--version']).status !== 0) return undefined
  const playbook = (steps: number): string => {
    const file = path.join(dir, `playbook-${steps}.yml`)
    const tasks = Array.from({length: steps}, (_, n) => `    - name: step ${n}\n      command: "true"\n`).join('')
    writeFileSync(file, `- hosts: localhost\n  connection: local\n  gather_facts: false\n  tasks:\n${tasks}`)
    return file
  }
  return {name: 'ansible-playbook', command: steps => ['ansible-playbook', '-i', 'localhost,', playbook(steps)]}
}

interface Timed {
  readonly ms: number
  /** To the first step, where the program prints its events. */
  readonly firstStepMs: number | undefined
}

function time([program, ...args]: readonly string[]): Timed {
  const began = performance.now()
  const at = Date.now()
  const {status, stderr, stdout} = spawnSync(program as string, args, {
    cwd: dir,
    env: {...process.env, CI: 'true', OPSCONSOLE_STATE_DIR: path.join(dir, 'state')},
    encoding: 'utf8',
  })
  if (status !== 0) throw new Error(`${program} ended with ${status}: ${stderr}`)
  const first = /"at":(\d+)[^\n]*"type":"step-started"/.exec(stdout)?.[1]
  return {ms: performance.now() - began, firstStepMs: first === undefined ? undefined : Number(first) - at}
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor((values.length - 1) / 2)] ?? Number.NaN
}

interface Row {
  readonly name: string
  readonly msPerStep: number
  readonly startMs: number
  readonly firstStepMs: number | undefined
}

function report(rows: readonly Row[]): void {
  const zx = rows.find(row => row.name === 'plain zx')?.msPerStep ?? Number.NaN
  if (values.json)
    return void process.stdout.write(
      `${JSON.stringify({steps: STEPS, rounds, rows, ratioToZx: (rows[0]?.msPerStep ?? Number.NaN) / zx})}\n`,
    )
  for (const {name, msPerStep, startMs, firstStepMs} of rows)
    process.stdout.write(
      `${name.padEnd(20)} ${msPerStep.toFixed(2).padStart(8)} ms a step  ${(msPerStep / zx).toFixed(2).padStart(6)} × zx  ${startMs.toFixed(0).padStart(6)} ms for one step with start-up${firstStepMs === undefined ? '' : `, the step after ${firstStepMs.toFixed(0)} ms`}\n`,
    )
}
