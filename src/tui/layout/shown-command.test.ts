import {quote} from 'zx/core'
import {expect, test} from 'vitest'
import {shownCommand} from './shown-command.ts'
import {sshArgv} from '../../shell/ssh.ts'

const asBash = (argv: readonly string[]): string => argv.map(quote).join(' ')

test('a command on another host is read as its host and what is done there', () => {
  expect(shownCommand(asBash(sshArgv('web-1', 'uptime', {config: "/etc/my config/it's"}, true)))).toBe(
    'ssh … web-1 uptime',
  )
})

test('who it is done as, and options of the author’s own, stay', () => {
  const ssh = {user: 'ops', port: 2222, options: {StrictHostKeyChecking: 'accept-new', ConnectTimeout: '3'}}
  expect(shownCommand(asBash(sshArgv('10.0.0.5', "echo 'a  -- b'", ssh, true)))).toBe(
    String.raw`ssh … -l ops -p 2222 -o StrictHostKeyChecking=accept-new 10.0.0.5 $'echo \'a  -- b\''`,
  )
})

test.each([
  '',
  'echo ssh -o BatchMode=yes -- web-1',
  'ssh web-1 uptime',
  'ssh -p 22 -- web-1 uptime',
  'ssh -o BatchMode=yes',
])('%j stays as it is', text => expect(shownCommand(text)).toBe(text))

test('a line without an end is soon read', () => {
  const text = `ssh -o BatchMode=yes ${"-o $'x ".repeat(20_000)}`
  expect(shownCommand(text)).toBe(text)
})
