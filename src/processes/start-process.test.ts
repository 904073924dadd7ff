import {once} from 'node:events'
import {expect, test} from 'vitest'
import {identify, processStat} from './identity.ts'
import {startProcess, type StartOptions} from './start-process.ts'

async function said(argv: readonly string[], options: Partial<StartOptions> = {}): Promise<string> {
  const child = startProcess(argv, {env: {}, stdio: ['ignore', 'pipe', 'ignore'], ...options})
  let text = ''
  child.stdout?.on('data', chunk => (text += String(chunk)))
  await once(child, 'close')
  return text
}

test('it leads a session and a group of its own', async () => {
  const child = startProcess(['/bin/sleep', '60'], {env: {}, stdio: 'ignore'})
  const {pid = 0} = child
  expect(processStat(pid)).toMatchObject({session: pid, group: pid})
  expect(identify(pid)?.pid).toBe(pid)
  process.kill(-pid, 'SIGKILL')
  await once(child, 'close')
})

test('of the environment it gets what is harmless, and what is added as it is', async () => {
  const env = {PATH: '/usr/bin:/bin', NODE_OPTIONS: '--inspect', OPSCONSOLE_PARAM_PASSWORD: 'x', GONE: undefined}
  expect((await said(['/usr/bin/env'], {env, add: {LD_AUDIT: ''}})).trim().split('\n')).toEqual([
    'PATH=/usr/bin:/bin',
    'LD_AUDIT=',
  ])
})

test('one that ends without reading its input takes nobody with it', async () => {
  const child = startProcess(['/bin/true'], {env: {}, stdio: ['pipe', 'ignore', 'ignore']})
  child.stdin?.end('x'.repeat(1 << 20))
  expect(await once(child, 'close')).toEqual([0, null])
})

test('what cannot be started says so, and throws nothing', async () => {
  const child = startProcess(['/nowhere/at-all'], {env: {}, stdio: 'ignore'})
  expect(await once(child, 'error')).toMatchObject([{code: 'ENOENT'}])
})
