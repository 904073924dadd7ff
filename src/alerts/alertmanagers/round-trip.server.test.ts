import {afterAll, beforeAll, expect, test} from 'vitest'
import {freePorts} from '../../lab/ports.ts'
import {startAlertmanager, type TestAlertmanager} from '../../../test/servers/alertmanager.ts'
import {createProgram, type Program, type Started} from '../../../test/program/program.ts'

const TOKEN = 'correct-horse-battery'

let server: TestAlertmanager
let program: Program
let agent: Started

/** An agent that sends its alerts to an Alertmanager, shows those that are there, and is posted what that tells of. */
beforeAll(async () => {
  const [port = 0, closed = 0] = await freePorts(2)
  server = await startAlertmanager({url: `http://127.0.0.1:${port}/intake/theirs`, token: TOKEN})
  program = createProgram({
    config: JSON.stringify({
      environments: [{name: 'prod'}],
      services: [{name: 'web', probe: {type: 'tcp', host: '127.0.0.1', port: closed}, interval: '500ms'}],
      alerts: {
        failureThreshold: 1,
        alertmanagers: [{name: 'am', url: server.url, interval: '1s'}],
        intake: [{name: 'theirs', type: 'alertmanager', token: TOKEN}],
        channels: [{type: 'alertmanager', name: 'to-am', url: server.url}],
      },
    }),
  })
  agent = program.start('agent', '--listen', `127.0.0.1:${port}`)
}, 120_000)
afterAll(async () => {
  agent?.kill('SIGKILL')
  await agent?.ended
  program?.remove()
  await server?.stop()
})

const there = async () =>
  (await (await fetch(`${server.url}/api/v2/alerts`)).json()) as readonly {
    readonly labels: Readonly<Record<string, string>>
  }[]
const shown = async (): Promise<readonly string[]> => {
  const {stdout} = await program.run('alerts', 'list', '--json')
  return (JSON.parse(stdout) as readonly {id: string}[]).map(({id}) => id.replace(/~\w+$/, '')).toSorted()
}

test('an Alertmanager that posts back what it was sent makes no alert of it, and what it posts of others is shown once', async () => {
  await expect.poll(async () => (await there()).length, {timeout: 60_000}).toBe(1)
  // Posted after ours: when it has come, ours would have come as well.
  await server.post([{labels: {alertname: 'DiskFull', instance: 'db1'}}])
  await expect.poll(shown, {timeout: 60_000}).toContain('DiskFull:theirs/prod/db1')
  // The next ones that it posts come after what was sent because of the first.
  await server.post([{labels: {alertname: 'DiskFull', instance: 'db2'}}])
  await expect.poll(shown, {timeout: 60_000}).toContain('DiskFull:theirs/prod/db2')
  await expect.poll(async () => (await there()).length, {timeout: 60_000}).toBe(3)
  await server.post([{labels: {alertname: 'DiskFull', instance: 'db3'}}])
  await expect.poll(shown, {timeout: 60_000}).toContain('DiskFull:theirs/prod/db3')
  expect(await shown()).toEqual([
    'DiskFull:theirs/prod/db1',
    'DiskFull:theirs/prod/db2',
    'DiskFull:theirs/prod/db3',
    'down:service/prod/web',
  ])
}, 240_000)
