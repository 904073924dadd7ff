import {chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync} from 'node:fs'
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
[ "$1" = --user ] && shift
verb=$1; for unit; do :; done
case "$verb $unit" in
  show*masked*) printf 'LoadState=masked\\nActiveState=inactive\\nSubState=dead\\nResult=success\\nExecMainStatus=0\\n'; exit;;
  show*changed*) printf 'LoadState=loaded\\nNeedDaemonReload=yes\\nActiveState=active\\n'; exit;;
  show*slow*) printf 'LoadState=loaded\\nActiveState=activating\\nSubState=start\\nResult=success\\nExecMainStatus=0\\n'; exit;;
  show*) printf 'LoadState=loaded\\nActiveState=failed\\nSubState=failed\\nResult=exit-code\\nExecMainStatus=203\\n'; exit;;
  reset-failed*) rm -f "${directory}/$unit.failures"; exit;;
  restart*masked*) echo "Failed to restart $unit: Unit $unit is masked." >&2; exit 1;;
  restart*slow*) echo >> "${directory}/began"; while [ -e "$0" ]; do sleep 0.2; done; exit 1;;
  *broken*) echo "Job for $unit failed because the control process exited with error code." >&2; exit 1;;
esac
if [ -e "${directory}/$unit.failures" ]; then echo "$unit: Start request repeated too quickly." >&2; exit 1; fi
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

const ON_APP1 = ['blue1', 'broken', 'masked', 'slow', 'changed']
const open = (config = sshd.configFor('app1', 'app2'), more: Readonly<Record<string, unknown>> = {}) =>
  openSystemd(
    systemdSchema.parse({
      type: 'systemd',
      unit: 'web@{instance}.service',
      versionFile: `${directory}/{instance}.env`,
      hosts: {green1: 'app2', lost: '127.0.0.9', ...Object.fromEntries(ON_APP1.map(name => [name, 'app1']))},
      ssh: {config},
      artefact: `${directory}/versions/{version}`,
      systemctl: [path.join(directory, 'systemctl')],
      ...more,
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

test.each([
  [
    'broken',
    /failed because the control process.*\nweb@broken\.service is failed \(failed\), result exit-code, exit status 203/s,
  ],
  ['masked', /Unit web@masked\.service is masked\.\nweb@masked\.service is inactive \(dead\), masked$/],
] as const)('a start that failed says what the unit is: %s', async (instance, words) => {
  await expect(open().start({slot: 'blue', instance}, '1').carryOut(signal())).rejects.toThrow(words)
})

test('one that is still starting at the deadline is not called failed: it is activating, and may start yet', async () => {
  const start = open(undefined, {timeout: '3s'}).start({slot: 'blue', instance: 'slow'}, '1')
  await expect(start.carryOut(signal())).rejects.toMatchObject({
    code: 'process/timeout',
    message: expect.stringMatching(/\nweb@slow\.service is activating \(start\)$/) as string,
    hint: expect.stringContaining('may carry it out all the same') as string,
  })
})

test('a unit that failed too often before is started with another version', async () => {
  writeFileSync(path.join(directory, 'web@blue1.service.failures'), '')
  await open().start({slot: 'blue', instance: 'blue1'}, '1.4.0').carryOut(signal())
  expect(readFileSync(path.join(directory, 'calls'), 'utf8')).toContain('restart web@blue1.service VERSION=1.4.0\n')
})

test('other lines of the version file, and its mode, stay as they are', async () => {
  const file = path.join(directory, 'blue1.env')
  writeFileSync(file, '# kept by hand\nPORT=8081\n VERSION=1.0.0\nNAME=\'a "b" $c\'\n')
  chmodSync(file, 0o640)
  for (const version of ['1.5.0', '1.6.0']) {
    await open().start({slot: 'blue', instance: 'blue1'}, version).carryOut(signal())
    expect(readFileSync(file, 'utf8')).toBe(`# kept by hand\nPORT=8081\nNAME='a "b" $c'\nVERSION=${version}\n`)
  }
  expect(statSync(file).mode & 0o777).toBe(0o640)
  expect(existsSync(`${file}.new`)).toBe(false)
  writeFileSync(file, 'VERSION=1.6.0\n')
})

test('a version file that cannot be written is the reason, and the unit is not restarted', async () => {
  const at = open(undefined, {versionFile: `${directory}/none/{instance}.env`})
  await expect(at.start({slot: 'blue', instance: 'blue1'}, '1.7.0').carryOut(signal())).rejects.toThrow(/none/)
  expect(readFileSync(path.join(directory, 'calls'), 'utf8')).not.toContain('1.7.0')
})

test('a host whose key is another one than before is not connected to, and that is the reason', async () => {
  const known = path.join(directory, 'known_hosts')
  const other = readFileSync(sshd.knownHostsFile, 'utf8').replace(/ssh-ed25519 (\S{40}).{8}/, 'ssh-ed25519 $1AAAAAAAA')
  writeFileSync(known, other)
  const config = path.join(directory, 'ssh_config')
  const strict = readFileSync(sshd.configFor('app1', 'app2'), 'utf8')
    .replace('UserKnownHostsFile /dev/null', `UserKnownHostsFile ${known}\n  ControlPath none`)
    .replace('StrictHostKeyChecking no', 'StrictHostKeyChecking yes')
  writeFileSync(config, strict)
  await expect(open(config).stop({slot: 'blue', instance: 'blue1'}).carryOut(signal())).rejects.toMatchObject({
    message: expect.stringContaining('Host key verification failed') as string,
  })
})

test('a connection that is cut in the middle leaves open whether it was carried out, and says so', async () => {
  const began = () => readFileSync(path.join(directory, 'began'), 'utf8').length
  const before = began()
  const start = open(undefined, {timeout: '2m'})
    .start({slot: 'blue', instance: 'slow'}, '1')
    .carryOut(AbortSignal.timeout(110_000))
  const failed = expect(start).rejects.toMatchObject({
    message: expect.stringContaining('exited with 255') as string,
    hint: expect.stringContaining('may carry it out all the same') as string,
  })
  await expect.poll(began, {timeout: 60_000}).toBeGreaterThan(before)
  sshd.dropSessions()
  await failed
}, 120_000)

test('a unit of a user logs into the journal of that user', () => {
  const {text} = open(undefined, {systemctl: ['systemctl', '--user']}).stop({slot: 'blue', instance: 'blue1'})
  expect(text).toContain('systemctl --user stop web@blue1.service')
})

test('what would stop a start is said by the host before anything is changed', async () => {
  const whats = async (instances: readonly string[], more: Readonly<Record<string, unknown>> = {}) => {
    const places = instances.map(instance => ({slot: 'blue', instance}))
    return (await open(undefined, more).obstacles(places)).map(({what}) => what)
  }
  const before = readFileSync(path.join(directory, 'calls'), 'utf8')
  expect(await whats(['blue1', 'green1'])).toEqual([])
  expect(await whats(['blue1', 'masked'])).toEqual(['web@masked.service on app1 is masked: it cannot be started'])
  expect(await whats(['changed'])).toEqual([
    'the file of web@changed.service on app1 was changed and systemd has not read it: a start would be by the old one',
  ])
  expect(await whats(['blue1'], {versionFile: `${directory}/none/{instance}.env`})).toEqual([
    `the directory of ${directory}/none/blue1.env is not there on app1`,
  ])
  expect(await whats(['blue1'], {systemctl: [`${directory}/no-systemctl`, '--user']})).toEqual([
    expect.stringMatching(/^systemctl on app1 says nothing of web@blue1\.service: .*not found/) as string,
  ])
  expect(await whats(['lost'])).toEqual([
    expect.stringMatching(/^127\.0\.0\.9, the host of lost, does not answer over ssh: /) as string,
  ])
  expect(readFileSync(path.join(directory, 'calls'), 'utf8')).toBe(before)
}, 60_000)
