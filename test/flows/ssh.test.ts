import {spawn} from 'node:child_process'
import path from 'node:path'
import {afterAll, beforeAll, expect, test} from 'vitest'
import {readRunState} from '../../src/store/runs/journal.ts'
import {createProgram, eventsOf, type Program, until} from '../program/program.ts'
import {type Sshd, startSshd} from '../servers/sshd.ts'

let program: Program
let sshd: Sshd
beforeAll(async () => {
  sshd = await startSshd()
  program = createProgram()
  program.runbook(
    'slow',
    `import {runbook, step} from 'opsconsole'
export default runbook({name: 'slow', summary: 'Slow', danger: 'disruptive', plan: ({run}) => [
  step({id: 'wait', title: 'Wait', run: async ({$}) => { await $\`echo began; while [ ! -e go-\${run} ]; do sleep 0.02; done; echo ended\` }}),
  step({id: 'after', title: 'After', run: async ({$}) => { await $\`echo after\` }})]})`,
  )
})
afterAll(async () => {
  program?.remove()
  await sshd?.stop()
})

/** A command of the program in a session of its own, as an engineer has it. */
function overSsh(...args: string[]): Session {
  return sessionAt(sshd, args)
}

interface Session {
  readonly child: ReturnType<typeof spawn>
  readonly output: () => string
  readonly ended: Promise<number | null>
}

function sessionAt(server: Sshd, args: readonly string[]): Session {
  const env = Object.entries(program.env).map(([name, value]) => `${name}='${value}'`)
  const words = [process.execPath, program.cli, ...args].map(word => `'${word}'`)
  const child = spawn('ssh', [...server.args, '--', `cd '${program.dir}' && env ${env.join(' ')} ${words.join(' ')}`], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let text = ''
  child.stdout.on('data', chunk => (text += String(chunk)))
  return {child, output: () => text, ended: new Promise(resolve => child.once('close', resolve))}
}

test.each(['the client', 'the session on the server'])(
  'a session over SSH is lost with %s mid-step: the run continues, a second session attaches and sees all of it',
  async who => {
    const first = overSsh('run', 'slow', '--yes', '--json')
    await until('the step', () => first.output().includes('began'))
    const run = String(eventsOf(first.output())[0]?.['run'])
    if (who === 'the client') first.child.kill('SIGKILL')
    else sshd.dropSessions()
    await first.ended
    const second = overSsh('runs', 'attach', run)
    await until('the output so far', () => second.output().includes('began'))
    program.touch(`go-${run}`)
    expect(await second.ended).toBe(0)
    expect(second.output()).toMatch(/began[\s\S]*ended[\s\S]*after/)
    const state = readRunState(path.join(program.stateDir, 'runs', run, 'journal'), run)
    expect(state.outcome).toBe('done')
    expect(state.actor?.from).toBe('ssh 127.0.0.1')
  },
)

test('the key that sshd let in is the evidence in the trail', async () => {
  const telling = await startSshd({exposesKeys: true})
  try {
    const session = sessionAt(telling, ['run', 'slow', '--dry-run', '--json'])
    expect(await session.ended).toBe(0)
    const actor = eventsOf(session.output())[0]?.['actor'] as {evidence: string; sshKey?: string}
    expect(actor).toMatchObject({evidence: 'sshd', sshKey: telling.fingerprint})
  } finally {
    await telling.stop()
  }
})
