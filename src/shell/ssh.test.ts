import {expect, test} from 'vitest'
import {ProcessOutput} from 'zx/core'
import {renderCommand} from './render-command.ts'
import {type CommandOptions, shellOf} from './shell-of.ts'
import {quotePosix, remoteShell, renderRemote, requireHost, sshArgv} from './ssh.ts'

test('the argument list of one command on one host', () => {
  expect(sshArgv('web-1', 'uptime', {}, true)).toEqual([
    'ssh',
    '-o',
    'BatchMode=yes',
    '-o',
    'ConnectTimeout=10',
    '-o',
    'ServerAliveInterval=15',
    '-o',
    'ServerAliveCountMax=4',
    '-o',
    'ControlMaster=auto',
    '-o',
    'ControlPath=~/.ssh/oc-%C',
    '-o',
    'ControlPersist=60s',
    '--',
    'web-1',
    'uptime',
  ])
})

test('without ~/.ssh no connection is shared, unless the author says where', () => {
  const options = (ssh: {controlPath?: string}): string => sshArgv('web-1', 'uptime', ssh, false).join(' ')
  expect(options({})).toContain('-o ControlMaster=no -o ControlPath=none -- web-1')
  expect(options({controlPath: '/run/ops/%C'})).toContain('-o ControlMaster=auto -o ControlPath=/run/ops/%C')
})

test('with everything of the author’s own, whose options stand before ours', () => {
  const ssh = {
    user: 'ops',
    port: 2222,
    config: '/etc/ops/ssh_config',
    controlPath: '/run/ops/%C',
    options: {StrictHostKeyChecking: 'accept-new', ConnectTimeout: '3', ControlMaster: 'no'},
  }
  expect(sshArgv('ops@10.0.0.5', "echo 'a b'", ssh)).toEqual(
    [
      ['ssh', '-F', '/etc/ops/ssh_config', '-l', 'ops', '-p', '2222'],
      ['-o', 'StrictHostKeyChecking=accept-new', '-o', 'ConnectTimeout=3', '-o', 'ControlMaster=no'],
      ['-o', 'BatchMode=yes', '-o', 'ServerAliveInterval=15', '-o', 'ServerAliveCountMax=4'],
      ['-o', 'ControlPath=/run/ops/%C', '-o', 'ControlPersist=60s'],
      ['--', 'ops@10.0.0.5', "echo 'a b'"],
    ].flat(),
  )
})

test.each(['web-1', 'web_1.example.org', 'ops@10.0.0.5', '[::1]', '2001:db8::1', 'fe80::1%eth0', 'bücher.example'])(
  '%s is a host',
  host => expect(() => requireHost(host)).not.toThrow(),
)
test.each(['', '-oProxyCommand=touch /tmp/x', ' web-1', 'web 1', 'web;1', 'web\n1', 'web$(x)', '@web', 'web/1'])(
  '%j is none',
  host => expect(() => sshArgv(host, 'true')).toThrow('cannot be a host'),
)

test.each([
  ['abc', 'abc'],
  ['/etc/a-b_c.d,e:f=g@h%', '/etc/a-b_c.d,e:f=g@h%'],
  ['', "''"],
  ['a b', "'a b'"],
  ["it's", String.raw`'it'\''s'`],
  ['$(x) `y` "z" \\ ! * ~', '\'$(x) `y` "z" \\ ! * ~\''],
  ['a\nb', "'a\nb'"],
  ['~root', "'~root'"],
])('%j is quoted for any shell', (text, quoted) => expect(quotePosix(text)).toBe(quoted))

test('values and lists in a command for far away', () => {
  const render = (pieces: TemplateStringsArray, ...values: unknown[]): string => renderRemote(pieces, values)
  expect(render`rm -- ${['a b', 'c']} ${3} ${''}`).toBe("rm -- 'a b' c 3 ''")
  expect(() => render`echo ${'a\0b'}`).toThrow('NUL')
  for (const nothing of [undefined, null, ['a', undefined]])
    expect(() => render`ls ${nothing}`).toThrow(/a command was given (undefined|null)/)
  expect(() => render`rm -rf ${''}/etc/app`).toThrow('an empty value before /etc/app')
  expect(render`tar --file=x${''}/y -C ${'a'}/b`).toBe("tar --file=x''/y -C a/b")
  expect(() => render`echo ${Promise.resolve('x')}`).toThrow('await')
})

test('what a failure says is the command and its host, not how the connection is made; what is recorded is all of it', async () => {
  const given: (CommandOptions & {readonly recorded: string})[] = []
  const local = shellOf(renderCommand, (recorded, options) => {
    given.push({...options, recorded})
    return Promise.resolve(new ProcessOutput(0, null, '', '', '', '', 0))
  })
  await remoteShell(local, 'web-1', {controlPath: '/run/ops/%C'})`systemctl restart ${'worker one'}`
  expect(given[0]?.remote?.said).toBe("ssh web-1 systemctl restart 'worker one'")
  expect(given[0]?.recorded).toContain('-o ControlPersist=60s -- web-1')
})
