import {chmod, mkdtemp, rm} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {afterEach, beforeEach, describe, expect, test} from 'vitest'
import {probeTools} from '../../test/probe-tools.ts'
import {startHaproxy} from '../../test/servers/haproxy.ts'
import {plainTools} from '../../test/servers/ops-tools.ts'
import {type SlotsLab, startSlots} from '../../test/servers/slots.ts'
import {forgetfulMemory} from '../kinds/memory.ts'
import {loadReleaseOps} from './ops.ts'
import {releaseTargets} from './target.ts'
import {openHaproxy} from './traffic/haproxy/haproxy.ts'

const createReleaseOps = await loadReleaseOps()

let lab: SlotsLab
const memory = forgetfulMemory()
beforeEach(async () => {
  lab = await startSlots()
}, 60_000)
afterEach(() => lab.stop(), 30_000)

const release = () => createReleaseOps(lab.config, plainTools({memory}), '/etc/opsconsole.yaml')
const probe = async () =>
  (await releaseTargets({releases: [lab.config]}, {...probeTools, memory}))[0]!.probe(AbortSignal.timeout(20_000))

async function deploy(version: string): Promise<void> {
  for (const name of ['green-1', 'green-2']) await release().start(name, version)
  await release().waitHealthy('green', version)
  await release().enableChecksAndWait('green')
  await release().switchTo('green')
}

describe('HAProxy that forgets at its next start what was moved', () => {
  test.each(['reload', 'restart'] as const)(
    'a %s is seen, told with the way back, and put back',
    async how => {
      await deploy('1.2.0')
      expect(await probe()).toMatchObject({status: 'up', reason: 'green serves 1.2.0'})
      expect(await release().moved()).toBeUndefined()

      await lab.haproxy.again(how)
      const finding = await probe()
      expect(finding.status).toBe('degraded')
      expect(finding.reason).toMatch(
        /moved outside opsconsole: blue serves 1\.0\.0; run test-run left traffic on green 1\.2\.0 at .+ UTC\. Put it back: opsconsole run deploy -e test -p release=web -p version=1\.2\.0 \(seen since .+\)/,
      )

      await release().enableChecksAndWait('green')
      await release().switchTo('green')
      expect(await probe()).toMatchObject({status: 'up', reason: 'green serves 1.2.0'})
    },
    60_000,
  )

  test('with the old slot stopped nobody is served, and the reason still says what moved', async () => {
    await deploy('1.2.0')
    for (const name of ['blue-1', 'blue-2']) await lab.kill(name)
    await lab.haproxy.again('restart')
    expect(await probe()).toMatchObject({status: 'down', reason: expect.stringContaining('run test-run left traffic')})
  }, 60_000)

  test('a person who means it accepts what is live', async () => {
    await deploy('1.2.0')
    await lab.haproxy.again('reload')
    expect(await release().moved()).toBeDefined()
    await release().acceptLive()
    // A server is "UP 1/2" until its checks have run after the reload.
    await expect.poll(probe, {timeout: 20_000}).toMatchObject({status: 'up', reason: 'blue serves 1.0.0'})
  }, 60_000)
})

test('with a state file the move outlives a reload and a restart', async () => {
  const directory = await mkdtemp(path.join(tmpdir(), 'haproxy-state-'))
  // HAProxy of the tests begins without privileges; a real one reads the file before it drops them.
  await chmod(directory, 0o755)
  const stateFile = path.join(directory, 'state')
  const servers = lab.config.slots.flatMap(slot => slot.instances)
  const haproxy = await startHaproxy(`global
  stats socket {socket} mode 600 level admin
  server-state-file ${stateFile}
defaults
  mode http
  timeout connect 1s
  timeout check 5s
  timeout client 5s
  timeout server 5s
  load-server-state-from-file global
frontend fe
  bind 127.0.0.1:{port}
  default_backend app
backend app
  option httpchk GET /health/ready
  default-server check inter 200ms rise 1 fall 2
${servers.map(({name, url}) => `  server ${name} ${url.replace('http://', '')}${name.startsWith('green') ? ' disabled' : ''}`).join('\n')}`)
  try {
    const traffic = {type: 'haproxy', socket: haproxy.socket, backend: 'app', stateFile} as const
    const ops = createReleaseOps({...lab.config, traffic}, plainTools({memory}), '/etc/opsconsole.yaml')
    await ops.enableChecksAndWait('green')
    await ops.switchTo('green')
    expect(openHaproxy(traffic).abilities.survivesReload).toBe(true)
    for (const how of ['reload', 'restart'] as const) {
      await haproxy.again(how)
      expect((await ops.live()).name).toBe('green')
      expect(await ops.moved()).toBeUndefined()
    }
  } finally {
    await haproxy.stop()
    await rm(directory, {recursive: true, force: true})
  }
}, 60_000)

describe('the way back', () => {
  test('is never a version that failed its watch or was rolled back from, unless asked for', async () => {
    await deploy('1.2.0')
    await release().enableChecksAndWait('blue', {again: false})
    await release().switchTo('blue')
    expect(await release().rollback()).toMatchObject({ready: true, version: '1.2.0'})
    await release().noteRolledBack('1.2.0', 'slow')
    expect(await release().rollback()).toMatchObject({
      ready: false,
      reason: expect.stringMatching(/1\.2\.0 on green was rolled back at .+: slow/),
    })
    await expect(release().previous()).rejects.toMatchObject({code: 'release/not-ready'})
    expect(await release().previous({evenIfBad: true})).toMatchObject({slot: 'green', version: '1.2.0'})
    expect((await probe()).values['rollbackReady']).toBe(0)
  }, 60_000)
})
