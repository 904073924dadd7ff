import {mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {createServer} from 'node:net'
import type {AddressInfo} from 'node:net'
import os from 'node:os'
import path from 'node:path'
import {afterAll, beforeAll, expect, test} from 'vitest'
import {probeTools} from '../../../../test/probe-tools.ts'
import {makeAuthority} from '../../../../test/servers/certificates.ts'
import type {MailServer} from '../../../../test/servers/mail-server.ts'
import {startMailServer} from '../../../../test/servers/mail-server.ts'
import {freePorts} from '../../../lab/ports.ts'
import {systemClock} from '../../../units/clock.ts'
import {alertsSchema} from '../../config.ts'
import {rehearseAlert} from '../../rehearse.ts'
import {openChannels} from '../open-channels.ts'

const dir = mkdtempSync(path.join(os.tmpdir(), 'ops-mail-'))
const servers: Partial<Record<'open' | 'starttls' | 'login' | 'tls', MailServer>> = {}
let ca = ''
beforeAll(async () => {
  const authority = makeAuthority(dir, 'ca')
  ca = authority.file
  const made = authority.issue('mail', {subject: 'mail', names: 'DNS:localhost,IP:127.0.0.1'})
  const certificate = path.join(dir, 'mail.crt')
  const key = path.join(dir, 'mail.key')
  writeFileSync(certificate, made.certificate)
  writeFileSync(key, made.key)
  for (const mode of ['open', 'starttls', 'login', 'tls'] as const)
    servers[mode] = await startMailServer(mode, {certificate, key})
})
afterAll(async () => {
  await Promise.all(Object.values(servers).map(server => server.stop()))
  rmSync(dir, {recursive: true, force: true})
})

const rehearse = async (more: Record<string, unknown>) => {
  const addresses = {from: 'console@ops.example', to: ['anna@ops.example', 'bela@ops.example']}
  const config = alertsSchema.parse({
    channels: [{type: 'email', name: 'mail', host: '127.0.0.1', ...addresses, ...more}],
  })
  const [result] = await rehearseAlert(
    openChannels(config.channels, {...probeTools, fetch}),
    config,
    'prod',
    systemClock,
  )
  return result
}
const known = {user: 'ops', password: 'open-sesame'}

test.each([
  {mode: 'starttls', how: 'AUTH PLAIN after STARTTLS'},
  {mode: 'login', how: 'AUTH LOGIN, where the server has no PLAIN'},
  {mode: 'tls', how: 'TLS from the first byte'},
] as const)('$mode: $how', async ({mode}) => {
  const server = servers[mode]
  const security = mode === 'login' ? 'starttls' : mode
  const before = server?.received.length ?? 0
  expect(await rehearse({port: server?.port, security, ca, ...known})).toMatchObject({outcome: 'delivered'})
  await expect.poll(() => server?.received.length, {timeout: 20_000}).toBe(before + 1)
  const mail = server?.received.at(-1)
  expect(mail).toMatchObject({
    from: 'console@ops.example',
    to: ['anna@ops.example', 'bela@ops.example'],
    tls: true,
    user: 'ops',
  })
  const [head = '', body = ''] = mail?.text.split('\r\n\r\n') ?? []
  expect(head).toMatch(/^From: opsconsole <console@ops\.example>\r\nTo: anna@ops\.example,\r\n bela@ops\.example\r\n/)
  expect(Buffer.from(body, 'base64').toString()).toMatch(/TEST, nothing is wrong: FIRING critical/)
  expect(mail?.text).not.toContain('sesame')
})

test('without a password, and without encryption where that is wanted', async () => {
  expect(await rehearse({port: servers.open?.port, security: 'none'})).toMatchObject({outcome: 'delivered'})
})

test('a server without STARTTLS, of an unknown authority, or of another name gets nothing', async () => {
  const before = servers.open?.received.length
  expect((await rehearse({port: servers.open?.port}))?.outcome).toBe(
    'failed: the mail server has no STARTTLS: nothing was sent',
  )
  expect(servers.open?.received.length).toBe(before)
  expect((await rehearse({port: servers.starttls?.port, ...known}))?.outcome).toMatch(/^failed: .*certificate/i)
})

test.each(['starttls', 'tls'] as const)(
  '%s: the certificate must be for the host that is written, be it a name or an address',
  async mode => {
    const authority = makeAuthority(dir, `ca-${mode}`)
    for (const names of ['IP:127.0.0.1', 'DNS:localhost']) {
      const made = authority.issue(`one-${mode}`, {subject: 'mail', names})
      const [certificate, key] = [path.join(dir, `${mode}.crt`), path.join(dir, `${mode}.key`)]
      writeFileSync(certificate, made.certificate)
      writeFileSync(key, made.key)
      const server = await startMailServer(mode, {certificate, key})
      const outcomes = []
      for (const host of ['127.0.0.1', 'localhost'])
        outcomes.push(
          (await rehearse({host, port: server.port, security: mode, ca: authority.file, ...known}))?.outcome,
        )
      const refused = expect.stringMatching(/^failed: .*certificate is for another host name/) as string
      expect(outcomes).toEqual(names.startsWith('IP') ? ['delivered', refused] : [refused, 'delivered'])
      expect(server.received.length).toBe(1)
      await server.stop()
    }
  },
)

test('a wrong password and a recipient that is not there are failed deliveries with the words of the server', async () => {
  const port = servers.starttls?.port
  const wrong = await rehearse({port, ca, user: 'ops', password: 'close-sesame'})
  expect(wrong?.outcome).toMatch(/^failed: the mail server answered 535 to AUTH PLAIN: /)
  expect(wrong?.outcome).not.toContain('sesame')
  const nobody = await rehearse({port, ca, ...known, to: ['nobody@ops.example']})
  expect(nobody?.outcome).toMatch(
    /^failed: the mail server answered 550 to RCPT TO:<nobody@ops\.example>: 5\.1\.1 no such user/,
  )
})

test('a server that hangs, chatters, closes or is not there is a failed delivery in time', async () => {
  const odd = createServer(socket => {
    socket.on('error', () => undefined)
    if (talk === 'close') socket.destroy()
    if (talk === 'chatter') socket.write('220-'.padEnd(100_000, 'x'))
  })
  let talk = 'hang'
  await new Promise<void>(resolve => odd.listen(0, '127.0.0.1', resolve))
  const {port} = odd.address() as AddressInfo
  expect((await rehearse({port, timeout: '300ms'}))?.outcome).toBe('failed: no answer within 300ms')
  talk = 'close'
  expect((await rehearse({port}))?.outcome).toMatch(/^failed: /)
  talk = 'chatter'
  expect((await rehearse({port}))?.outcome).toBe('failed: the mail server says too much')
  await new Promise(resolve => odd.close(resolve))
  const [closed] = await freePorts(1)
  expect((await rehearse({port: closed}))?.outcome).toMatch(/^failed: connection refused/)
})

test('an address that could end a line, and a password without encryption, are refused', () => {
  const channel = (more: Record<string, unknown>) => ({
    type: 'email',
    name: 'm',
    host: 'h',
    from: 'a@b.c',
    to: ['a@b.c'],
    ...more,
  })
  for (const to of ['a@b.c>\r\nRCPT TO:<x@y.z', 'no address', 'a b@c.d', '<a@b.c>'])
    expect(alertsSchema.safeParse({channels: [channel({to: [to]})]}).success).toBe(false)
})

test('a server that goes silent when the encryption is to begin is a failed attempt, and ends nothing else', async () => {
  const silent = createServer(socket => {
    socket.on('error', () => undefined).write('220 ready\r\n')
    socket.on('data', (chunk: Buffer) => {
      const said = chunk.toString('latin1')
      if (said.startsWith('EHLO')) socket.write('250-here\r\n250 STARTTLS\r\n')
      if (said.startsWith('STARTTLS')) socket.write('220 go ahead\r\n')
    })
  })
  await new Promise<void>(resolve => silent.listen(0, '127.0.0.1', resolve))
  const {port} = silent.address() as AddressInfo
  // An error that nobody hears is one of the process, of which the runner of this test tells.
  expect(await rehearse({port, ca, timeout: '2s'})).toMatchObject({outcome: 'failed: no answer within 2s'})
  await new Promise(resolve => silent.close(resolve))
})
