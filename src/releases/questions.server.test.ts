import {afterAll, beforeAll, expect, test} from 'vitest'
import {type HaproxyServer, startHaproxy} from '../../test/servers/haproxy.ts'
import {plainTools} from '../../test/servers/ops-tools.ts'
import {type SlotsLab, startSlots} from '../../test/servers/slots.ts'
import {releaseKind} from './kind.ts'
import {loadReleaseOps} from './ops.ts'

const createReleaseOps = await loadReleaseOps()

let lab: SlotsLab
beforeAll(async () => {
  lab = await startSlots()
}, 60_000)
afterAll(() => lab.stop(), 30_000)

const CHECKED = 'check inter 200ms rise 1'

/** A HAProxy before the same instances, with words of its own on each server's line. */
async function haproxyWith(words: (name: string) => string, level = 'admin'): Promise<HaproxyServer> {
  const servers = lab.config.slots.flatMap(slot => slot.instances)
  return startHaproxy(`global
  stats socket {socket} mode 600 level ${level}
defaults
  mode http
  timeout connect 1s
  timeout check 5s
  timeout client 5s
  timeout server 5s
frontend fe
  bind 127.0.0.1:{port}
  default_backend app
backend other
  server base ${servers[0]!.url.replace('http://', '')} ${CHECKED}
backend app
  option httpchk GET /health/ready
${servers.map(({name, url}) => `  server ${name} ${url.replace('http://', '')} ${words(name)}`).join('\n')}`)
}

const isGreen = (name: string): boolean => name.startsWith('green')
const parked = (name: string): string => `${CHECKED}${isGreen(name) ? ' disabled' : ''}`

type Release = SlotsLab['config']

/** What the plan of a deploy refuses with, and what the doctor finds failed. */
async function bothAbout(release: Release): Promise<{plan: string; doctor: string; commands: readonly string[]}> {
  const tools = plainTools()
  const ops = createReleaseOps(release, tools, '/etc/opsconsole.yaml')
  const plan = await ops.requireReady('deploy').then(
    () => '',
    (cause: Error) => cause.message,
  )
  const asking = {...tools, name: 'release test/web', timeoutMs: 5_000}
  const doctor = await releaseKind.doctor!(release, asking).then(
    checks => checks.flatMap(({status, detail}) => (status === 'failed' ? [detail] : [])).join('; '),
    (cause: Error) => cause.message,
  )
  return {plan, doctor, commands: tools.commands}
}

test.each([
  [
    'servers without a check',
    (name: string) => (isGreen(name) ? '' : CHECKED),
    'admin',
    /green-1 has no check.*green-2 has no check/,
  ],
  [
    'servers that track another',
    (name: string) => (isGreen(name) ? 'track other/base' : CHECKED),
    'admin',
    /green-1 tracks the check of other\/base/,
  ],
  [
    'servers of weight 0',
    (name: string) => `${CHECKED}${isGreen(name) ? ' weight 0' : ''}`,
    'admin',
    /green-1 has weight 0/,
  ],
  [
    'servers for backup',
    (name: string) => `${CHECKED}${isGreen(name) ? ' backup' : ''}`,
    'admin',
    /green-1 is a backup server/,
  ],
  ['an operator socket', parked, 'operator', /has level .*operator/],
] as const)(
  '%s: the plan refuses before anything is changed, and the doctor says the same',
  async (title, words, level, reason) => {
    const haproxy = await haproxyWith(words, level)
    try {
      const traffic = {type: 'haproxy', socket: haproxy.socket, backend: 'app'} as const
      const {plan, doctor, commands} = await bothAbout({...lab.config, traffic})
      expect(plan).toMatch(reason)
      expect(doctor).toMatch(reason)
      expect(commands).toEqual([])
      // Who gets no traffic is not live.
      const ops = createReleaseOps({...lab.config, traffic}, plainTools(), '/etc/opsconsole.yaml')
      if (/weight|backup/.test(title)) expect((await ops.live()).name).toBe('blue')
    } finally {
      await haproxy.stop()
    }
  },
  30_000,
)

const having = (part: (release: Release) => object) => (release: Release) => ({...release, ...part(release)}) as Release

test.each([
  ['a backend that is not there', having(one => ({traffic: {...one.traffic, backend: 'ap'}})), /no backend ap/],
  [
    'a state file that cannot be written',
    having(one => ({traffic: {...one.traffic, stateFile: '/nowhere/state'}})),
    /state file of HAProxy cannot be written in \/nowhere/,
  ],
  [
    'an instance that the load balancer does not know',
    having(one => ({
      slots: [one.slots[0], {...one.slots[1], instances: [{...one.slots[1]!.instances[0], name: 'g'}]}],
    })),
    /the load balancer does not know g/,
  ],
  [
    'a health path that is not there',
    having(() => ({healthPath: '/gone'})),
    /blue-1, which is live with 1\.0\.0, \/gone answered 404/,
  ],
  [
    'a deploy program that is not there',
    having(one => ({instances: {...one.instances, deploy: ['./deploy-it', '{version}']}})),
    /the deploy program \.\/deploy-it is not there/,
  ],
  [
    'a stop program that is not on PATH',
    having(one => ({instances: {...one.instances, stop: ['no-such-program']}})),
    /the stop program no-such-program is not on PATH/,
  ],
] as const)(
  '%s: the plan refuses before anything is changed, and the doctor says the same',
  async (_, change, reason) => {
    const {plan, doctor, commands} = await bothAbout(change(lab.config))
    expect(plan).toMatch(reason)
    expect(doctor).toMatch(reason)
    expect(commands).toEqual([])
  },
)

test('where nothing is wrong, both are silent', async () => {
  expect(await bothAbout(lab.config)).toEqual({plan: '', doctor: '', commands: []})
})
