import {chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {afterAll, beforeAll, expect, test} from 'vitest'
import {type Sshd, startSshd} from '../../../../test/servers/sshd.ts'
import {execProgram} from '../../../processes/run.ts'
import {openSystemd} from './systemd.ts'
import {systemdSchema} from './schema.ts'

/** A real sshd; behind it a stand-in for systemctl, which reads the version as a unit would. */
let sshd: Sshd
let directory: string
beforeAll(async () => {
  sshd = await startSshd()
  directory = mkdtempSync(path.join(tmpdir(), 'opsconsole-systemd-'))
  const systemctl = `#!/bin/sh
verb=$1 unit=$2
case $unit in *broken*) echo "Job for $unit failed because the control process exited with error code." >&2; exit 1;; esac
name=\${unit#web@}; name=\${name%.service}
echo "$verb $unit $(cat "${directory}/$name.env")" >> "${directory}/calls"
`
  writeFileSync(path.join(directory, 'systemctl'), systemctl)
  chmodSync(path.join(directory, 'systemctl'), 0o755)
}, 30_000)
afterAll(async () => {
  await sshd.stop()
  rmSync(directory, {recursive: true, force: true})
})

const open = (config = sshd.configFor('app1', 'app2')) =>
  openSystemd(
    systemdSchema.parse({
      type: 'systemd',
      unit: 'web@{instance}.service',
      versionFile: `${directory}/{instance}.env`,
      hosts: {blue1: 'app1', green1: 'app2', broken: 'app1', lost: '127.0.0.9'},
      ssh: {config},
      artefact: `${directory}/versions/{version}`,
      systemctl: [path.join(directory, 'systemctl')],
    }),
    {exec: execProgram, directory: '/'},
  )
const signal = (): AbortSignal => AbortSignal.timeout(60_000)

test('the version is in its file before the unit is restarted, and the stop is on the same host', async () => {
  await open().start({slot: 'blue', instance: 'blue1'}, '1.2.0').carryOut(signal())
  await open().start({slot: 'blue', instance: 'blue1'}, 'registry/web:1.3.0').carryOut(signal())
  await open().stop({slot: 'blue', instance: 'blue1'}).carryOut(signal())
  expect(readFileSync(path.join(directory, 'calls'), 'utf8').trim().split('\n')).toEqual([
    'restart web@blue1.service VERSION=1.2.0',
    'restart web@blue1.service VERSION=registry/web:1.3.0',
    'stop web@blue1.service VERSION=registry/web:1.3.0',
  ])
})

test('what is recorded is what a person would type, host included', () => {
  const {text} = open('/etc/ssh_config').start({slot: 'green', instance: 'green1'}, '2.0.0')
  expect(text).toMatch(/^ssh -F \/etc\/ssh_config .* -- app2 /)
  expect(text).toContain('VERSION=2.0.0')
  expect(text).toContain('restart')
})

test('a unit that does not start, and a host that does not answer, are named in the words of their program', async () => {
  await expect(open().start({slot: 'blue', instance: 'broken'}, '1').carryOut(signal())).rejects.toThrow(
    /Job for web@broken\.service failed/,
  )
  await expect(open().stop({slot: 'blue', instance: 'lost'}).carryOut(signal())).rejects.toThrow(/ssh/)
  expect(() => open().start({slot: 'blue', instance: 'blue1'}, "1'; reboot; '")).toThrow(/cannot be a version/)
})

test('whether a version could be started again is seen by its artefact on the host of each instance', async () => {
  mkdirSync(path.join(directory, 'versions', '1.2.0'), {recursive: true})
  const ask = (instance: string, version: string) => open().startable?.({slot: 'blue', instance}, version, signal())
  expect(await ask('blue1', '1.2.0')).toEqual({ok: true, reason: `${directory}/versions/1.2.0 on app1 is there`})
  expect(await ask('green1', '1.1.0')).toEqual({ok: false, reason: `${directory}/versions/1.1.0 on app2 is not there`})
  expect(await ask('lost', '1.2.0')).toEqual({
    ok: undefined,
    reason: `${directory}/versions/1.2.0 on 127.0.0.9 does not answer`,
  })
})
