import {createServer} from 'node:http'
import {afterAll, beforeAll, expect, test, vi} from 'vitest'
import {keepUndelivered} from '../../src/alerts/letters.ts'
import {freePorts} from '../../src/lab/ports.ts'
import {openStore} from '../../src/store/open.ts'
import {targetRecords} from '../../src/store/records.ts'
import {createProgram, type Program} from '../program/program.ts'
import {makeAuthority} from '../servers/certificates.ts'
import {type MailServer, startMailServer} from '../servers/mail-server.ts'
import {scratchDirectory} from '../servers/scratch.ts'

const RUN = 'run/dev/20261122-031200-k3f9'
let program: Program
let mail: MailServer | undefined
let [httpPort, mailPort] = [0, 0]
let scratch: Awaited<ReturnType<typeof scratchDirectory>>
const posted: string[] = []
const receiver = createServer((request, response) => {
  let body = ''
  request.setEncoding('utf8').on('data', (text: string) => (body += text))
  request.on('end', () => {
    posted.push(body)
    response.end('{}')
  })
})

beforeAll(async () => {
  const [web = 0, smtp = 0] = await freePorts(2)
  ;[httpPort, mailPort] = [web, smtp]
  scratch = await scratchDirectory('alerts-retry')
  makeAuthority(scratch.dir, 'ca').issue('mail', {subject: 'mail', names: 'IP:127.0.0.1'})
  const email = {type: 'email', name: 'mail', host: '127.0.0.1', port: mailPort, security: 'none'}
  const channels = [
    {type: 'webhook', name: 'pager', url: `http://127.0.0.1:${httpPort}/`},
    {...email, from: 'ops@example.org', to: ['on-call@example.org']},
  ]
  program = createProgram({config: JSON.stringify({environments: [{name: 'dev'}], alerts: {channels}})})
  const store = openStore(program.stateDir)
  for (const channel of ['pager', 'mail']) {
    const at = new Date().toISOString()
    keepUndelivered(
      targetRecords(() => store.database),
      {
        id: RUN,
        channel,
        environment: 'dev',
        at: Date.now(),
        why: 'connection refused',
        notification: {
          version: 1,
          id: RUN,
          rule: 'run',
          severity: 'critical',
          target: 'runbook/dev/deploy',
          environment: 'dev',
          state: 'firing',
          summary: 'run of deploy failed',
          reason: 'failed',
          text: 'RUN FAILED dev: run of deploy failed',
          flapping: false,
          fallbackFor: null,
          since: at,
          firedAt: at,
          resolvedAt: null,
          sentAt: at,
          test: false,
          others: [],
        },
      },
    )
  }
  store.close()
}, 60_000)

afterAll(async () => {
  await mail?.stop()
  program?.remove()
  receiver.closeAllConnections()
  receiver.close()
  await scratch?.remove()
})

interface Sent {
  readonly channel: string
  readonly delivered: boolean
}
const retry = async () => {
  const {code, stdout, stderr} = await program.run('alerts', 'retry', 'run/', '--json')
  if (stdout === '') throw new Error(stderr)
  const results = JSON.parse(stdout) as readonly Sent[]
  const sent = results.map(({channel, delivered}) => `${channel} ${delivered}`)
  return {code, sent: sent.sort()}
}
const status = async (): Promise<string> => (await program.run('status')).stdout

test('what was given up of a run is sent by hand once its receivers are back, each of them once, and stands in `status` until then', {
  timeout: 240_000,
}, async () => {
  expect(await status()).toContain('2 notifications of runs could not be delivered')
  expect(await retry()).toEqual({code: 1, sent: ['mail false', 'pager false']})
  await new Promise<void>(resolve => receiver.listen(httpPort, '127.0.0.1', resolve))
  expect(await retry()).toEqual({code: 1, sent: ['mail false', 'pager true']})
  expect(posted.map(body => (JSON.parse(body) as {readonly id: string}).id)).toEqual([RUN])
  const {dir} = scratch
  mail = await startMailServer('open', {certificate: `${dir}/mail.crt`, key: `${dir}/mail.key`, port: mailPort})
  expect(await retry()).toEqual({code: 0, sent: ['mail true']})
  const {received} = mail
  await vi.waitFor(() => expect(received.map(({to}) => to.join())).toEqual(['on-call@example.org']), {timeout: 60_000})
  expect(posted).toHaveLength(1)
  expect((await program.run('alerts', 'retry', 'run/')).stderr).toContain('nothing that was given up')
  expect(await status()).not.toContain('could not be delivered')
})
