import {expect, test} from 'vitest'
import {commandOf, fillArgv} from './argv.ts'

test('holes are filled inside words and a value stays one argument', () => {
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

test('a hole that nothing fills is a mistake in the configuration', () => {
  expect(() => fillArgv(['stop', '{instance}', '{version}'], {instance: 'a'})).toThrow(/\{version\} that nothing fills/)
  expect(() => fillArgv(['stop', '{constructor}'], {instance: 'a'})).toThrow(/nothing fills/)
})

test('the recorded text can be pasted into a shell', () => {
  expect(commandOf(['a', "it's", 'x y', '--v=1.2']).text).toBe(String.raw`a 'it'\''s' 'x y' --v=1.2`)
})
