import {chmodSync, writeFileSync} from 'node:fs'
import path from 'node:path'
import {afterAll, beforeAll, expect, test} from 'vitest'
import {eventually} from '../probe-tools.ts'
import {createProgram, type Program, type Started} from '../program/program.ts'

interface Line {
  readonly time: string
  readonly level: string
  readonly event: string
  readonly message: string
  readonly alert?: string
}

/** Nothing listens on port 9: what is watched is down. */
const config = (...services: readonly string[]): string =>
  [
    'project: shop',
    'environments: [{name: dev}]',
    'alerts: {failureThreshold: 2, channels: [{type: file, name: log, path: alerts.jsonl}]}',
    'services:',
    ...services.map(name => `  - {name: ${name}, interval: 500ms, probe: {type: tcp, host: 127.0.0.1, port: 9}}`),
    '',
  ].join('\n')

let program: Program
let agent: Started
beforeAll(() => {
  program = createProgram({config: config('web', 'api')})
  agent = program.start('agent', '--json', '--listen', '127.0.0.1:0')
})
afterAll(() => {
  agent.kill('SIGKILL')
  program.remove()
})

const lines = (): readonly Line[] =>
  agent
    .output()
    .split('\n')
    .slice(0, -1)
    .map(line => JSON.parse(line) as Line)
const write = (text: string): void => writeFileSync(path.join(program.dir, 'opsconsole.yaml'), text)
const said = (event: string, text: RegExp): Promise<Line> =>
  eventually(() => {
    const line = lines().findLast(each => each.event === event && text.test(each.message))
    if (line === undefined) throw new Error(`not said yet: ${event}, but ${agent.output().slice(-2000)}`)
    return line
  })
const status = async () => (await program.run('status')).stdout

test('the log has times from its first line on, and names what it watches', async () => {
  const line = await said('started', /watching 2 targets$/)
  expect(new Date(line.time).toISOString()).toBe(line.time)
  expect(lines()[0]).toMatchObject({event: 'started', level: 'info'})
  expect((await said('alert firing', /service\/dev\/web/)).alert).toBe('down:service/dev/web')
  await said('alert firing', /service\/dev\/api/)
})

test('a changed configuration is taken by itself: what is removed while it fires ends as removed', async () => {
  write(config('web', 'shop'))
  await said('configuration taken', /watching 2 targets$/)
  await said('alert removed', /service\/dev\/api removed: it is no longer in the configuration/)
  await said('alert firing', /service\/dev\/shop/)
  // What stayed did not fire a second time.
  expect(lines().filter(({event, alert}) => event === 'alert firing' && alert === 'down:service/dev/web')).toHaveLength(
    1,
  )
  expect(
    lines()
      .filter(({event}) => event === 'alert firing')
      .map(({alert}) => alert),
  ).not.toContain('no-data:service/dev/shop')
  expect(await status()).toMatch(/agent on .* watches · last probe .* · by the configuration of \d\d:\d\d UTC/)
})

const REFUSED = /configuration of \d\d:\d\d UTC in force; opsconsole.yaml changed \d\d:\d\d UTC is refused: line 5: /

test('a wrong one is refused, also on SIGHUP: log and status say so, the old one stays in force', async () => {
  write(config('web', 'shop').replace('type: tcp', 'tpye: tcp'))
  expect(await said('configuration refused', REFUSED)).toMatchObject({level: 'error'})
  const shown = await program.run('status', '--check')
  expect(shown).toMatchObject({code: 1, stderr: ''})
  expect(shown.stdout).toMatch(REFUSED)
  expect(shown.stdout).toMatch(/down +shop/)
  const refusals = lines().filter(({event}) => event === 'configuration refused').length
  agent.kill('SIGHUP')
  await eventually(() =>
    expect(lines().filter(({event}) => event === 'configuration refused').length).toBeGreaterThan(refusals),
  )
  // Nothing may be changed by what nobody can read.
  expect(await program.run('alerts', 'ack', 'down:service/dev/web')).toMatchObject({code: 2})
})

test('one that others may write is refused, one that is right again is taken', async () => {
  const file = path.join(program.dir, 'opsconsole.yaml')
  write(config('web'))
  chmodSync(file, 0o666)
  await said('configuration refused', /is not trusted: it is world-writable/)
  chmodSync(file, 0o600)
  await said('configuration taken', /watching 1 target$/)
  expect(await status()).not.toContain('is refused')
})

test('SIGHUP takes it as it is and never ends the agent; TERM does', async () => {
  const taken = lines().filter(({event}) => event === 'configuration taken').length
  for (let count = 0; count < 5; count += 1) agent.kill('SIGHUP')
  await eventually(() =>
    expect(lines().filter(({event}) => event === 'configuration taken').length).toBeGreaterThan(taken),
  )
  agent.kill('SIGTERM')
  const {code, stdout, stderr} = await agent.ended
  expect({code, stderr}).toEqual({code: 0, stderr: ''})
  const all = stdout
    .split('\n')
    .filter(Boolean)
    .map(line => JSON.parse(line) as Line)
  expect(all.every(({time, level, event, message}) => time && level && event && message)).toBe(true)
  expect(all.at(-1)).toMatchObject({event: 'stopped', level: 'info'})
})

test('an agent that cannot start says so in a JSON line as well', async () => {
  write('environments: [\n')
  const {code, stdout, stderr} = await program.run('agent', '--json')
  expect({code, stderr}).toEqual({code: 2, stderr: ''})
  expect(JSON.parse(stdout)).toMatchObject({level: 'error', event: 'error', error: {code: 'config/unreadable'}})
})
