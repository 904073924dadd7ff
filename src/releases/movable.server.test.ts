import {afterAll, beforeAll, expect, test} from 'vitest'
import {type HaproxyServer, startHaproxy} from '../../test/servers/haproxy.ts'
import {plainTools} from '../../test/servers/ops-tools.ts'
import {type SlotsLab, startSlots} from '../../test/servers/slots.ts'
import {createReleaseOps} from './ops.ts'

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

test.each([
  [
    'without a check',
    (name: string) => (isGreen(name) ? '' : CHECKED),
    'admin',
    /green-1 has no check.*green-2 has no check/,
  ],
  [
    'that track another',
    (name: string) => (isGreen(name) ? 'track other/base' : CHECKED),
    'admin',
    /green-1 tracks the check of other\/base/,
  ],
  ['of weight 0', (name: string) => `${CHECKED}${isGreen(name) ? ' weight 0' : ''}`, 'admin', /green-1 has weight 0/],
  [
    'for backup',
    (name: string) => `${CHECKED}${isGreen(name) ? ' backup' : ''}`,
    'admin',
    /green-1 is a backup server/,
  ],
  [
    'behind an operator socket',
    (name: string) => `${CHECKED}${isGreen(name) ? ' disabled' : ''}`,
    'operator',
    /has level .*operator/,
  ],
] as const)(
  'servers %s are refused before anything is changed',
  async (title, words, level, reason) => {
    const haproxy = await haproxyWith(words, level)
    try {
      const traffic = {type: 'haproxy', socket: haproxy.socket, backend: 'app'} as const
      const tools = plainTools()
      const ops = createReleaseOps({...lab.config, traffic}, tools, '/etc/opsconsole.yaml')
      await expect(ops.requireMovable()).rejects.toMatchObject({
        code: 'release/not-ready',
        message: expect.stringMatching(reason),
      })
      expect(tools.commands).toEqual([])
      // Who gets no traffic is not live.
      if (/weight|backup/.test(title)) expect((await ops.live()).name).toBe('blue')
    } finally {
      await haproxy.stop()
    }
  },
  30_000,
)

test('the usual servers can be moved', async () => {
  await expect(
    createReleaseOps(lab.config, plainTools(), '/etc/opsconsole.yaml').requireMovable(),
  ).resolves.toBeUndefined()
})
