import {expect, test} from 'vitest'
import {fillArgv} from './fill-argv.ts'
import {openCommandInstances} from './instances/command/command.ts'

test('placeholders are filled inside words and a value stays one argument', () => {
  expect(
    fillArgv(['bin/instance', 'deploy', '{instance}', '--tag={version}'], {instance: 'green-1', version: '2.1.0'}),
  ).toEqual(['bin/instance', 'deploy', 'green-1', '--tag=2.1.0'])
})

test.each(['', '-rf', '--help', 'a b', 'a\nb', 'a;b', '$(id)', 'a\0b', "a'b", '{slot}'])(
  'the value %j is refused',
  version => {
    expect(() => fillArgv(['deploy', '{version}'], {version})).toThrow(/cannot be a version/)
  },
)

test('a placeholder that nothing fills is a mistake in the configuration', () => {
  expect(() => fillArgv(['stop', '{instance}', '{version}'], {instance: 'a'})).toThrow(/\{version\} that nothing fills/)
  expect(() => fillArgv(['stop', '{constructor}'], {instance: 'a'})).toThrow(/nothing fills/)
})

test('what is recorded can be pasted into a shell, and is what is carried out', async () => {
  const spec = {type: 'command', deploy: ['a', "it's", 'x y', '--v={version}'], stop: ['s'], timeout: 7} as const
  const ran: unknown[] = []
  const driver = openCommandInstances(
    {...spec, deploy: [...spec.deploy], stop: [...spec.stop]},
    {
      directory: '/srv',
      exec: async (argv, options) => {
        ran.push([argv, options?.cwd, options?.timeoutMs])
        return {exitCode: 0, stdout: 'started', stderr: '', durationMs: 1}
      },
    },
  )
  const action = driver.start({slot: 'blue', instance: 'blue-1'}, '1.2')
  expect(action.text).toBe(String.raw`a 'it'\''s' 'x y' --v=1.2`)
  expect(await action.carryOut(new AbortController().signal)).toBe('started')
  expect(ran).toEqual([[['a', "it's", 'x y', '--v=1.2'], '/srv', 7]])
  expect(driver.logs).toBeUndefined()
})
