import {chmod, mkdtemp, readFile, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {afterEach, beforeEach, expect, test} from 'vitest'
import {plainTools} from '../../../../test/servers/ops-tools.ts'
import {forgetfulMemory} from '../../../kinds/memory.ts'
import {execProgram} from '../../../processes/run.ts'
import {releaseSchema} from '../../config.ts'
import {loadReleaseOps} from '../../ops.ts'
import {openCommandTraffic} from './command.ts'
import {commandTrafficSchema} from './schema.ts'

const createReleaseOps = await loadReleaseOps()

/** A stand-in for the tool of a platform: it keeps where its machines are in a file. No platform is asked. */
const TOOL = `#!${process.execPath}
const {readFileSync, writeFileSync} = require('node:fs')
const file = __dirname + '/machines.json'
const machines = JSON.parse(readFileSync(file, 'utf8'))
const [, , verb, name, placement, weight] = process.argv
if (verb === 'state') console.log(JSON.stringify({servers: Object.entries(machines).map(([name, own]) => ({name, ...own}))}))
else {
  const moves = verb === 'move' ? [{server: name, to: placement, weight}] : JSON.parse(readFileSync(0, 'utf8'))
  for (const {server, to, weight} of moves) {
    if (!(server in machines)) { console.error('no machine ' + server); process.exit(1) }
    machines[server] = {placement: to, ...(Number(weight) > 0 ? {weight: Number(weight)} : {})}
  }
  writeFileSync(file, JSON.stringify(machines))
}
`

let directory: string
let tool: string
beforeEach(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'platform-'))
  tool = path.join(directory, 'platform.cjs')
  await writeFile(tool, TOOL)
  await chmod(tool, 0o755)
  await writeFile(
    path.join(directory, 'machines.json'),
    JSON.stringify({blue1: {placement: 'serving'}, green1: {placement: 'off'}}),
  )
})
afterEach(() => rm(directory, {recursive: true}))

const spec = (more: Readonly<Record<string, unknown>> = {}) =>
  commandTrafficSchema.parse({
    type: 'command',
    state: [tool, 'state'],
    move: [tool, 'move', '{server}', '{to}', '{weight}'],
    ...more,
  })
const open = (more: Readonly<Record<string, unknown>> = {}) =>
  openCommandTraffic(spec(more), {exec: execProgram, secret: () => Promise.resolve('a-token-of-a-test')})
const signal = (): AbortSignal => AbortSignal.timeout(60_000)
const words = async (): Promise<readonly string[]> =>
  [...(await open().state(signal())).servers.values()].map(server => `${server.name} ${server.word}`)

test('each move is one call of the program, exactly as it is recorded', async () => {
  const moves = [
    {server: 'green1', to: 'serving', weight: 5},
    {server: 'blue1', to: 'off'},
  ] as const
  expect(open().command(moves)).toBe(`${tool} move green1 serving 5; ${tool} move blue1 off same`)
  await open().move(moves, signal())
  expect(await words()).toEqual(['blue1 OFF', 'green1 UP, weight 5'])
})

test('without {server} all moves go to one call on standard input', async () => {
  const at = open({move: [tool, 'all']})
  const moves = [{server: 'green1', to: 'serving'}] as const
  expect(at.command(moves)).toBe(`${tool} all <<< '[{"server":"green1","to":"serving"}]'`)
  await at.move(moves, signal())
  expect(await words()).toContain('green1 UP')
})

test('a refused move fails with the words of the program', async () => {
  await expect(open().move([{server: 'blue9', to: 'off'}], signal())).rejects.toThrow(/no machine blue9/)
  await expect(open({state: ['/bin/false']}).state(signal())).rejects.toThrow(/exited with 1/)
})

const inShell = (script: string): readonly string[] => ['sh', '-c', script]

test.each([
  ['nothing', ':', 'printed no JSON: nothing'],
  ['only what is for people', 'echo "a new version is available" >&2', 'printed no JSON: nothing'],
  ['half of it', `printf '{"servers":['`, 'printed no JSON: {"servers":['],
  ['an error, and says that all went well', 'echo "Error: not logged in"', 'printed no JSON: Error: not logged in'],
  ['more than anybody reads', 'yes', 'printed more than 16 MB and was stopped'],
  ['nothing, for ever', 'sleep 600', 'did not finish within'],
] as const)('a state program that prints %s is no truth about traffic, and is named', async (_what, script, words) => {
  const at = open({state: inShell(script), timeout: script.startsWith('sleep') ? '1s' : '60s'})
  const failure = await at.state(signal()).catch((error: unknown) => error)
  expect(failure).toMatchObject({
    code: expect.stringMatching(/^traffic\/(refused|unreachable)$/) as string,
    message: expect.stringContaining(words) as string,
  })
})

test('a move that does not end in time may have happened, and is not called refused', async () => {
  const moves = [{server: 'green1', to: 'serving'}] as const
  const moved = JSON.stringify({blue1: {placement: 'serving'}, green1: {placement: 'serving'}})
  const script = `echo '${moved}' > '${path.join(directory, 'machines.json')}'; exec sleep 600`
  const slow = open({move: inShell(script), timeout: '5s'})
  await expect(slow.move(moves, signal())).rejects.toThrow(/^whether a move happened is not known: .*did not finish/s)
  expect(await words()).toContain('green1 UP')
})

test('programs that are not there are named before a run', async () => {
  const missing = await open({state: ['/nowhere/state'], move: ['no-such-program']}).obstacles?.(signal())
  expect(missing?.map(({what}) => what)).toEqual([
    'the state program /nowhere/state is not there',
    'the move program no-such-program is not on PATH',
  ])
})

test('a release behind it is switched, and says that requests in flight were cut', async () => {
  const server = await import('node:http').then(({createServer}) =>
    createServer((_request, response) => response.end('{"version":"1.0.0"}')).listen(0, '127.0.0.1'),
  )
  await new Promise(resolve => server.once('listening', resolve))
  const {port} = server.address() as {port: number}
  const config = releaseSchema.parse({
    name: 'web',
    traffic: {...spec(), timeout: '60s', settle: '0s'},
    instances: {type: 'command', deploy: ['/bin/true'], stop: ['/bin/true']},
    slots: ['blue', 'green'].map(name => ({name, instances: [{name: `${name}1`, url: `http://127.0.0.1:${port}`}]})),
  })
  const tools = plainTools({memory: forgetfulMemory()})
  const release = createReleaseOps(config, tools, '/etc/opsconsole.yaml')
  await release.switchTo('green')
  expect((await release.live()).name).toBe('green')
  await release.drained('blue')
  expect(tools.lines.join('\n')).toContain('cannot drain: requests that blue1 held were cut off')
  expect(JSON.parse(await readFile(path.join(directory, 'machines.json'), 'utf8'))).toMatchObject({
    blue1: {placement: 'off'},
  })
  await new Promise(resolve => server.close(resolve))
})
