import {afterAll, beforeAll, expect, test} from 'vitest'
import {probeTools} from '../../test/probe-tools.ts'
import {plainTools} from '../../test/servers/ops-tools.ts'
import {type SlotsLab, startSlots} from '../../test/servers/slots.ts'
import {forgetfulMemory} from '../kinds/memory.ts'
import {noteLive} from './left.ts'
import {loadReleaseOps} from './ops.ts'
import {releaseTargets} from './target.ts'
import {ask} from './traffic/haproxy/socket.ts'

const createReleaseOps = await loadReleaseOps()

let lab: SlotsLab
beforeAll(async () => {
  lab = await startSlots()
}, 60_000)
afterAll(() => lab.stop(), 30_000)

const memory = forgetfulMemory()
noteLive(memory, 'release/test/web', {slot: 'blue', version: '1.0.0', at: 1, run: 'r1'})
const probe = async () =>
  (await releaseTargets({releases: [lab.config]}, {...probeTools, memory}))[0]!.probe(AbortSignal.timeout(20_000))
const ready = () => createReleaseOps(lab.config, plainTools({memory}), '/etc/opsconsole.yaml').requireReady('deploy')

const line = (name: string, rest: string) => (text: string) =>
  text.replace(new RegExp(`^( *server ${name}) \\S+(.*)$`, 'm'), `$1 ${rest}`)
const restore = new Map<string, string>()
const edited = (...edits: readonly ((text: string) => string)[]) =>
  lab.haproxy.again('restart', text => {
    if (!restore.has('text')) restore.set('text', text)
    return edits.reduce((all, edit) => edit(all), restore.get('text') ?? text)
  })

test('servers without an address are named as such: nobody moved them, and no run begins', async () => {
  const nowhere = 'nosuch.invalid:80 check resolvers dns init-addr none'
  const resolvers =
    'resolvers dns\n  nameserver n 127.0.0.1:1\n  timeout resolve 200ms\n  timeout retry 200ms\nfrontend fe'
  await edited(line('blue-1', nowhere), line('blue-2', nowhere), text => text.replace('frontend fe', resolvers))
  await expect
    .poll(async () => (await probe()).reason, {timeout: 20_000})
    .toBe(
      'no slot takes traffic; blue-1 has no address: HAProxy cannot resolve its name; blue-2 has no address: HAProxy cannot resolve its name',
    )
  expect((await probe()).status).toBe('down')
  await expect(ready()).rejects.toMatchObject({message: expect.stringContaining('blue-1 has no address')})
}, 60_000)

test('one that tracks the check of another is as good as that one', async () => {
  await edited(text => text.replace(/^( *server blue-2 \S+).*$/m, '$1 no-check track blue-1'))
  await expect.poll(async () => (await probe()).reason, {timeout: 20_000}).toBe('blue serves 1.0.0')
  await expect(ready()).rejects.toMatchObject({message: expect.stringContaining('blue-2 tracks the check')})
}, 60_000)

test('one without a check says what is missing', async () => {
  await edited(text => text.replace(/^( *server blue-1 \S+).*$/m, '$1 no-check'))
  await expect
    .poll(async () => (await probe()).reason, {timeout: 20_000})
    .toBe('blue-1 has no check: add `check` to its line in haproxy.cfg')
}, 60_000)

test('a frontend that lets nobody in is named, whatever stands behind it', async () => {
  await edited()
  await expect.poll(async () => (await probe()).reason, {timeout: 20_000}).toBe('blue serves 1.0.0')
  const say = (command: string) => ask(lab.haproxy.socket, command, AbortSignal.timeout(10_000), 10_000)
  for (const [close, open, words] of [
    ['disable frontend fe', 'enable frontend fe', 'frontend fe is disabled and takes nobody'],
    ['set maxconn frontend fe 0', 'set maxconn frontend fe 2000', 'frontend fe has maxconn 0 and takes nobody'],
    ['shutdown frontend fe', '', 'frontend fe is shut down and takes nobody'],
  ] as const) {
    await say(close)
    expect(await probe()).toMatchObject({status: 'degraded', reason: words})
    if (open === '') continue
    await say(open)
    expect(await probe()).toMatchObject({status: 'up', reason: 'blue serves 1.0.0'})
  }
}, 60_000)
