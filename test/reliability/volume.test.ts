import {readFileSync, statSync, writeFileSync} from 'node:fs'
import path from 'node:path'
import {afterAll, beforeAll, expect, test} from 'vitest'
import {readEvents} from '../../src/store/runs/journal.ts'
import {createProgram, type Program, until} from '../program/program.ts'
import {countOf} from './sample.ts'

const MB = countOf('P4')
/** What the runner may grow by while it takes the output over. */
const BOUND_MB = 150

const BOOK = `import {runbook, step, z} from 'opsconsole'
export default runbook({name: 'loud', summary: 'Prints a lot', danger: 'safe', params: z.object({line: z.string(), mb: z.number()}),
  plan: ({params}) => [
    step({id: 'begin', title: 'Begin', readOnly: true, run: async ({$}) => { await $\`while [ ! -e go ]; do sleep 0.02; done\` }}),
    step({id: 'print', title: 'Print', readOnly: true, timeout: '30m', run: async ({$}) => {
      await $\`yes \${params.line} | head -c \${params.mb * 1024 * 1024} || true\` }}),
    step({id: 'after', title: 'After', readOnly: true, run: async ({$}) => { await $\`echo went on\` }})]})`

let program: Program
beforeAll(() => {
  program = createProgram()
  program.runbook('loud', BOOK)
})
afterAll(() => program.remove())

const memory = (pid: number, field: 'VmRSS' | 'VmHWM'): number | undefined => {
  try {
    const found = new RegExp(`${field}:\\s+(\\d+) kB`).exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
    return found === undefined ? undefined : Number(found) / 1024
  } catch {
    return undefined
  }
}

test.each([
  ['lines of a hundred characters', 'x'.repeat(99)],
  ['one line without an end', ''],
])(`${MB} MB of output at once, %s: bounded memory, every record kept`, {timeout: 1_200_000}, async (_what, line) => {
  const endless = line === ''
  if (endless)
    program.runbook('loud', BOOK.replace('yes ${params.line} | head -c', 'head -c').replace('|| true', '< /dev/zero'))
  const args = ['run', 'loud', '-p', `line=${line || 'x'}`, '-p', `mb=${MB}`, '--detach', '--json']
  const {stdout, stderr} = await program.run(...args)
  if (stdout === '') throw new Error(stderr)
  const {run} = JSON.parse(stdout) as {run: string}
  const directory = path.join(program.stateDir, 'runs', run)
  const events = () => readEvents(path.join(directory, 'journal')).events
  const first = events()[0]
  const pid = first?.type === 'run-started' ? first.process.pid : 0
  await until('the first step', () => events().some(event => event.type === 'command-process'))
  const before = memory(pid, 'VmRSS') ?? 0
  expect(before).toBeGreaterThan(0)
  let peak = before
  writeFileSync(path.join(program.dir, 'go'), '')
  await until(
    'its end',
    () => {
      peak = Math.max(peak, memory(pid, 'VmHWM') ?? 0)
      return events().some(event => event.type === 'run-ended')
    },
    1_000_000,
  )
  expect(Math.round(peak - before)).toBeLessThan(BOUND_MB)
  expect(events().filter(event => event.type === 'step-finished' && event.outcome === 'done')).toHaveLength(3)
  expect(statSync(path.join(directory, 'output')).size).toBeLessThan((256 << 20) + 100_000)
  process.stdout.write(`${MB} MB: ${Math.round(before)} MB before, ${Math.round(peak)} MB at most\n`)
})
