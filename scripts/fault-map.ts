/**
 * Writes `docs/fault-map.md`: every operation of a run that touches the disk, starts a process or sends a signal, hit in
 * three ways, and what a person sees then. Takes minutes: `node scripts/fault-map.ts`.
 */
import {mkdirSync, writeFileSync} from 'node:fs'
import path from 'node:path'
import {createProgram, type Program} from '../test/program/program.ts'
import {
  type Fault,
  type Operation,
  readTrace,
  recover,
  runsOf,
  runWithFault,
  settledView,
  type Shown,
} from '../test/reliability/faulty-run.ts'
import {FAULT_MAP_HEADER} from './documents/fault-map.ts'

const BOOK = `import {runbook, step} from 'opsconsole'; export default runbook({name: 'map', summary: 'One append, then a failure', danger: 'disruptive', locks: () => ['map'],
  plan: ({run}) => [
    step({id: 'one', title: 'Append', run: async ({$, save}) => { await $\`echo one >> truth-\${run}\`; save('one', true) },
      undo: async ({$}) => { await $\`echo undo one >> truth-\${run}\` }}),
    step({id: 'two', title: 'Fail', run: async () => { throw new Error('no') }})]})`

const WAYS: readonly Omit<Fault, 'role' | 'at'>[] = [{mode: 'before'}, {mode: 'EIO'}, {mode: 'ENOSPC', lasting: true}]

function words(view: Shown): string {
  const steps = view.steps.map(({state, step}) => `${step.id} ${state}`).join(', ')
  if (view.lastSeq === 0) return 'not begun'
  if (view.outcome !== undefined) return `ended: ${view.outcome} (${steps})`
  const fate = view.inFlight.map(line => line.replace(/:.*/s, '')).join('; ')
  return `lost (${steps}${fate ? `; its command ${fate}` : ''})`
}

async function hit(program: Program, fault: Fault): Promise<string> {
  const known = new Set(runsOf(program))
  const {stderr} = await runWithFault(program, fault, ['run', 'map', '--yes'])
  const run = runsOf(program).find(each => !known.has(each))
  const refusal = /\[([a-z]+\/[a-z-]+)\]/.exec(stderr)?.[1] ?? stderr.split('\n')[0]
  if (run === undefined) return refusal ? `no run, refused with ${refusal}` : 'no run'
  if ((await program.run('runs', 'show', run)).code !== 0) return 'no run is listed'
  const seen = await settledView(program, run)
  const {last} = await recover(program, run)
  return seen.outcome === undefined ? `${words(seen)}; taken up: ${last.outcome}` : words(seen)
}

async function section(program: Program, role: Fault['role'], operations: readonly Operation[]): Promise<string[]> {
  const rows = [
    '| # | operation | on | killed just before it | it fails once (EIO) | disk full from it on |',
    '|---|---|---|---|---|---|',
  ]
  for (const {number, name, label} of operations) {
    const cells: string[] = []
    for (const way of WAYS) cells.push(await hit(program, {role, at: number, ...way}))
    const row = [number, name, label.replaceAll(/truth-\S+/g, 'TARGET'), ...cells].map(cell =>
      String(cell).replaceAll('|', '\\|'),
    )
    rows.push(`| ${row.join(' | ')} |`)
    process.stdout.write(`${rows.at(-1)}\n`)
  }
  return rows
}

const program = createProgram()
try {
  program.runbook('map', BOOK)
  mkdirSync(path.join(program.dir, 'traces'))
  // Directories that only the first run makes are there.
  await program.run('run', 'map', '--yes')
  const sections: string[] = []
  for (const [role, title] of [
    ['starter', 'Asking for a run'],
    ['runner', 'Carrying it out'],
  ] as const) {
    const trace = path.join(program.dir, 'traces', role)
    await runWithFault(program, {role, at: 0, mode: 'before', trace}, ['run', 'map', '--yes'])
    sections.push(`## ${title}`, '', ...(await section(program, role, readTrace(trace))), '')
  }
  const file = path.resolve(import.meta.dirname, '../docs/fault-map.md')
  writeFileSync(file, `${FAULT_MAP_HEADER}\n${sections.join('\n')}`)
} finally {
  program.remove()
}
