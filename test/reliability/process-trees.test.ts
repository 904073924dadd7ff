import {readFileSync} from 'node:fs'
import path from 'node:path'
import {afterAll, beforeAll, expect, test} from 'vitest'
import {groupMembers, processesTagged} from '../../src/processes/stop.ts'
import {readEvents} from '../../src/store/runs/journal.ts'
import {createProgram, type Program, until} from '../program/program.ts'
import {countOf} from './sample.ts'

const ROUNDS = countOf('R6')

/** Each prints `ready` once all of its processes are there. */
const TREES: readonly (readonly [string, string, number])[] = [
  ['five deep', 'f() { if [ "$1" -gt 0 ]; then (f $(($1 - 1))) & wait; else echo ready; sleep 600; fi; }; f 5', 0],
  ['fifty at once', 'for n in $(seq 50); do sleep 600 & done; echo ready; wait', 0],
  ['TERM ignored by a child', '(trap "" TERM; echo ready; while :; do sleep 1; done) & wait', 0],
  ['TERM ignored by everybody', 'trap "" TERM HUP INT; (sleep 600) & echo ready; while :; do sleep 1; done', 0],
  ['forked twice', '( (sleep 600 & echo ready) & ) ; sleep 600', 0],
  ['in a session of its own', 'setsid bash -c "echo ready; exec sleep 600" & wait', 1],
  [
    'in a session of its own, TERM ignored, forked twice',
    '( setsid bash -c "trap : TERM; echo ready; while :; do sleep 1; done" & ) ; sleep 600',
    1,
  ],
]

const BOOK = `import {runbook, step, z} from 'opsconsole'
export default runbook({name: 'tree', summary: 'Grows a tree', danger: 'disruptive', params: z.object({script: z.string()}),
  plan: ({params}) => [step({id: 'grow', title: 'Grow', run: async ({$}) => { await $\`bash -c \${params.script}\` }})]})`

let program: Program
beforeAll(() => {
  program = createProgram()
  program.runbook('tree', BOOK)
})
afterAll(() => program.remove())

async function grow(script: string): Promise<{readonly run: string; readonly group: number}> {
  const {stdout, stderr} = await program.run('run', 'tree', '--yes', '--detach', '--json', '-p', `script=${script}`)
  if (stdout === '') throw new Error(stderr)
  const {run} = JSON.parse(stdout) as {run: string}
  const directory = path.join(program.stateDir, 'runs', run)
  await until('the tree', () => {
    try {
      return readFileSync(path.join(directory, 'output'), 'utf8').includes('"ready"')
    } catch {
      return false
    }
  })
  const started = readEvents(path.join(directory, 'journal')).events.find(event => event.type === 'command-process')
  return {run, group: started?.type === 'command-process' ? started.process.pid : 0}
}

// All at once: two of them take the ten seconds that TERM has before KILL.
test.concurrent.each(TREES)(
  `a tree %s is stopped whole, ${ROUNDS} times; who left the group is named`,
  {timeout: 1_800_000},
  async (_what, script, strays) => {
    for (let round = 0; round < ROUNDS; round += 1) {
      const {run, group} = await grow(script)
      expect(groupMembers(group).length).toBeGreaterThan(0)
      expect((await program.run('runs', 'abort', run)).code).toBe(0)
      const attached = await program.run('runs', 'attach', run)
      const left = processesTagged('OPSCONSOLE_RUN', run)
      try {
        expect(attached.code).toBe(5)
        expect(groupMembers(group)).toEqual([])
        const {events} = readEvents(path.join(program.stateDir, 'runs', run, 'journal'))
        const named = events.flatMap(event => (event.type === 'orphans' ? event.processes : []))
        expect({left: left.length > 0, named: named.length > 0}).toEqual({left: strays > 0, named: strays > 0})
        for (const {pid} of left.filter(each => each.command !== 'sleep 1'))
          expect(named.some(name => name.startsWith(`${pid} `))).toBe(true)
      } finally {
        for (const {pid} of left) process.kill(pid, 'SIGKILL')
      }
    }
  },
)
