import {createServer} from 'node:http'
import type {AddressInfo} from 'node:net'
import {afterAll, beforeAll, expect, test} from 'vitest'
import {createProgram, type Program} from '../program/program.ts'

/** A server whose answer keeps the expression of its probe busy for longer than anybody waits. */
const server = createServer((_, response) => response.end('x'.repeat(40)))
let program: Program
beforeAll(async () => {
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
  program = createProgram({
    config: `environments: [{name: t}]
services:
  - {name: slow, interval: 1s, timeout: 30s, probe: {type: http, url: "${url}", expect: {body: '^(\\w+\\s?)*$!'}}}
  - {name: fine, interval: 1s, timeout: 30s, probe: {type: http, url: "${url}", expect: {body: '^x+$'}}}
`,
  })
})
afterAll(() => {
  server.close()
  program.remove()
})

test('status comes to an end and names the expression that did not', async () => {
  const {code, stdout} = await program.run('status', '--json')
  const {services} = JSON.parse(stdout) as {services: {name: string; state: string; reason: string}[]}
  expect(code).toBe(0)
  expect(services.find(({name}) => name === 'fine')).toMatchObject({state: 'up'})
  expect(services.find(({name}) => name === 'slow')).toMatchObject({
    state: 'degraded',
    reason: String.raw`body not judged: the expression /^(\w+\s?)*$!/ ran out of time (500 ms) and rests for 1m`,
  })
})

test.each(['SIGTERM', 'SIGINT'] as const)('the agent answers and ends on %s while it is busy with it', async signal => {
  const agent = program.start('agent', '--listen', '127.0.0.1:0')
  const url = await expect
    .poll(() => /http:\S+(?=\/metrics)/.exec(agent.errors())?.[0], {timeout: 20_000})
    .toBeTruthy()
    .then(() => /http:\S+(?=\/metrics)/.exec(agent.errors())?.[0])
  await expect
    .poll(async () => (await fetch(`${url}/metrics`)).text(), {timeout: 20_000})
    .toContain('opsconsole_expressions_out_of_time_total 1')
  agent.kill(signal)
  expect(await agent.ended).toMatchObject({code: 0, signal: null})
})
