/**
 * What a long trail costs: a run of one step with a trail of a million records against one with a thousand, alternately,
 * wall clock and CPU of everything that the command starts; and the memory of verifying either.
 * usage: node scripts/bench/trail.ts [--rounds N] [--records N] [--json]    needs GNU time
 */
import {spawnSync} from 'node:child_process'
import {appendFileSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {parseArgs} from 'node:util'
import {hashOf, lineOf} from '../../test/reliability/tamper.ts'

const {values: flags} = parseArgs({
  options: {
    rounds: {type: 'string', default: '9'},
    records: {type: 'string', default: '1000000'},
    json: {type: 'boolean', default: false},
  },
})
const ROOT = path.resolve(import.meta.dirname, '../..')
const SEGMENT_BYTES = 16 * 1024 * 1024

interface Cost {
  readonly wallS: number
  readonly cpuS: number
  readonly megabytes: number
}

const dir = mkdtempSync(path.join(tmpdir(), 'opsconsole-bench-trail-'))
try {
  mkdirSync(path.join(dir, 'runbooks'))
  writeFileSync(path.join(dir, 'opsconsole.yaml'), 'environments: [{name: bench}]\n')
  writeFileSync(
    path.join(dir, 'runbooks/hello.ts'),
    "import {runbook, step} from 'opsconsole'; export default runbook({name: 'hello', summary: 'Says hello', danger: 'safe', plan: () => [step({id: 'a', title: 'A', run: async ({$}) => void (await $`true`)})]})\n",
  )
  const trails = [1000, Number(flags.records)].map(records => ({
    records,
    state: writeTrail(records),
    runs: [] as Cost[],
  }))
  // The first run of each reads the trail once, as after a restore: from then on the mark speaks for it.
  for (let round = 0; round <= Number(flags.rounds); round += 1)
    for (const {state, runs} of trails) {
      const cost = measure(state, ['run', 'hello', '--yes'])
      if (round > 0) runs.push(cost)
    }
  const rows = trails.map(({records, state, runs}) => ({
    records,
    runWallS: median(runs.map(({wallS}) => wallS)),
    runCpuS: median(runs.map(({cpuS}) => cpuS)),
    runMegabytes: median(runs.map(({megabytes}) => megabytes)),
    verify: measure(state, ['audit', 'verify']),
    list: measure(state, ['audit', 'list', '--limit', '50']),
  }))
  report(rows)
} finally {
  rmSync(dir, {recursive: true, force: true})
}

/** A right trail, in files as large as they are sealed. */
function writeTrail(records: number): string {
  const state = path.join(dir, `state-${records}`)
  const log = path.join(state, 'audit/log')
  mkdirSync(path.dirname(log), {recursive: true, mode: 0o700})
  let [prev, size, segment, waiting] = ['0'.repeat(64), 0, 1, [] as Buffer[]]
  const flush = (): void => {
    appendFileSync(log, Buffer.concat(waiting), {mode: 0o600})
    waiting = []
  }
  for (let seq = 1; seq <= records; seq += 1) {
    const begins = size >= SEGMENT_BYTES
    if (begins) {
      flush()
      renameSync(log, `${log}.${String(segment).padStart(6, '0')}`)
      segment += 1
      size = 0
    }
    const line = lineOf(
      JSON.stringify({...body(seq), ...(begins ? {action: 'trail continued', detail: {segment}} : {}), prev}),
    )
    prev = hashOf(line)
    size += line.length
    waiting.push(line)
    if (waiting.length === 1000) flush()
  }
  flush()
  return state
}

function body(seq: number) {
  return {
    v: 1,
    seq,
    at: 1_790_000_000_000 + seq,
    actor: {name: 'root', evidence: 'kernel', uid: 0, from: 'host', host: 'bench'},
    action: 'command',
    phase: 'intent',
    target: 'a',
    environment: 'bench',
    run: '20261126-123340-4ymr',
    step: 'a',
    command: `printf x ${seq}`,
  }
}

function measure(state: string, args: readonly string[]): Cost {
  const program = [process.execPath, path.join(ROOT, 'dist/cli.mjs'), ...args]
  const {status, stderr} = spawnSync('/usr/bin/time', ['-f', 'cost %e %U %S %M', ...program], {
    cwd: dir,
    encoding: 'utf8',
    env: {PATH: process.env['PATH'], HOME: dir, OPSCONSOLE_STATE_DIR: state},
    maxBuffer: 1 << 26,
  })
  const [, wall, user, system, kilobytes] = /cost (\S+) (\S+) (\S+) (\S+)/.exec(stderr) ?? []
  if (status !== 0) throw new Error(`${args.join(' ')} ended with ${status}: ${stderr.slice(-500)}`)
  return {wallS: Number(wall), cpuS: Number(user) + Number(system), megabytes: Math.round(Number(kilobytes) / 1024)}
}

function median(values: readonly number[]): number {
  return [...values].sort((left, right) => left - right)[Math.floor(values.length / 2)] ?? Number.NaN
}

function report(
  rows: readonly {records: number; runWallS: number; runCpuS: number; runMegabytes: number; verify: Cost; list: Cost}[],
): void {
  const [small, large] = rows as [(typeof rows)[number], (typeof rows)[number]]
  const ratios = {wall: large.runWallS / small.runWallS, cpu: large.runCpuS / small.runCpuS}
  if (flags.json) return void process.stdout.write(`${JSON.stringify({rows, ratios})}\n`)
  for (const {records, runWallS, runCpuS, runMegabytes, verify, list} of rows)
    process.stdout.write(
      `${records} records: run ${runWallS} s, CPU ${runCpuS.toFixed(2)} s, ${runMegabytes} MB · verify ${verify.wallS} s, ${verify.megabytes} MB · list ${list.wallS} s, ${list.megabytes} MB\n`,
    )
  process.stdout.write(
    `run with ${large.records} against ${small.records}: wall × ${ratios.wall.toFixed(2)}, CPU × ${ratios.cpu.toFixed(2)}\n`,
  )
}
