import {expect, test} from 'vitest'
import type {Config} from '../../config/schema.ts'
import type {Snapshot} from '../../overview/snapshot.ts'
import type {Command, CommandContext} from '../command.ts'
import {complete, globalValues} from './complete.ts'
import {createCompletionCommand} from './completion.ts'
import {knownNames} from './known-names.ts'

const run = (): ReturnType<Command['run']> => Promise.resolve({data: null, text: ''})
const id = {name: 'run', required: true, completes: 'run', description: 'Run id'} as const
const commands: Command[] = [
  {name: 'status', summary: "What's up", flags: {watch: {type: 'boolean', short: 'w', description: 'Again'}}, run},
  {name: 'runs list', summary: 'List runs', run},
  {name: 'runs show', summary: 'Show one run', arguments: [id], run},
  {
    name: 'runs abort',
    summary: 'Stop a run',
    arguments: [id],
    flags: {reason: {type: 'string', description: 'Why'}},
    run,
  },
  {
    name: 'runs settle',
    summary: 'Settle',
    arguments: [id, {name: 'choice', required: true, completes: ['done', 'skip'], description: ''}],
    run,
  },
  {
    name: 'backup verify',
    summary: 'Verify',
    arguments: [{name: 'id', required: false, variadic: true, completes: 'backup id', description: ''}],
    flags: {
      backup: {type: 'string', completes: 'backup', description: ''},
      junit: {type: 'string', value: 'FILE', description: ''},
    },
    run,
  },
  {
    name: 'backup',
    summary: 'Shortcut',
    arguments: [{name: 'name', required: false, completes: 'backup', description: ''}],
    run,
  },
  {name: 'secret-door', summary: 'Hidden', hidden: true, run},
]
const NAMES: Readonly<Record<string, readonly string[]>> = {
  run: ['r1', 'r2', 'x3'],
  backup: ['shop', 'users'],
  'backup id': ['b1'],
  environment: ['dev', 'prod'],
}
const offers = async (line: string) => {
  const words = line.split(' ')
  const {candidates, files} = await complete(words, {commands, names: async kind => NAMES[kind] ?? []})
  return files ?? candidates.map(({word}) => word).join(' ')
}

test.each([
  ['', 'backup runs status'],
  ['st', 'status'],
  ['sec', ''],
  ['runs ', 'abort list settle show'],
  ['runs show ', 'r1 r2 x3'],
  ['runs show r', 'r1 r2'],
  ['runs show r1 ', ''],
  ['runs settle r1 ', 'done skip'],
  ['--json runs a', 'abort'],
  ['-e prod runs a', 'abort'],
  ['--env ', 'dev prod'],
  ['-e p', 'prod'],
  ['status --env=', '--env=dev --env=prod'],
  ['status --env=p', '--env=prod'],
  ['runs abort --rea', '--read-only --reason'],
  ['runs abort r1 --rea', '--read-only --reason'],
  ['runs abort --reason ', ''],
  ['runs abort --reason because ', 'r1 r2 x3'],
  ['runs abort --reason because --js', '--json'],
  ['status --w', '--watch'],
  ['status -w --js', '--json'],
  ['backup verify b1 ', 'b1'],
  ['backup verify --backup u', 'users'],
  ['backup verify --junit ', 'file'],
  ['--config ', 'file'],
  ['backup ', 'shop users verify'],
  ['backup s', 'shop'],
  ['runs show -- --js', ''],
  ['nothing like it ', ''],
])('after %j: %s', async (line, expected) => {
  expect(await offers(line)).toBe(expected)
})

test('names are those of the configuration and environment of the line', () => {
  expect(globalValues(['--config', '/c.yaml', 'runs', '--env=prod', 'show', ''])).toEqual({
    config: '/c.yaml',
    env: 'prod',
  })
  const command = createCompletionCommand(() => commands)
  const input = {args: ['bash', '-e', 'dev', 'runs', 'show', ''], flags: {words: true}}
  expect(command.adopt?.(input).flags).toEqual({words: true, env: 'dev'})
})

const context = (more: Partial<CommandContext>): CommandContext =>
  ({
    environmentName: undefined,
    config: () =>
      ({
        environments: [{name: 'dev'}],
        caches: [{name: 'keys', environment: 'dev', events: {CHANGED: []}}],
        services: [],
        databases: [],
        backups: [],
        releases: [{name: 'web', environment: 'prod'}],
        schedules: [],
        heartbeats: [],
        alerts: {channels: [{name: 'a b'}, {name: 'x\ny'}, {name: '\u001b[2J'}, {name: '$(id)'}, {name: ''}]},
      }) as unknown as Config,
    snapshot: async () =>
      ({
        alerts: [
          {id: 'down:service/dev/web', state: 'firing'},
          {id: 'old', state: 'resolved'},
        ],
      }) as unknown as Snapshot,
    ...more,
  }) as CommandContext

test('what cannot be typed is not offered: no line breaks, no control characters', async () => {
  expect(await knownNames(context({}))('channel')).toEqual(['a b', '$(id)'])
})

test('names of each kind come from what is kept', async () => {
  const names = knownNames(context({}))
  expect(await names('alert')).toEqual(['down:service/dev/web'])
  expect(await names('cache event')).toEqual(['CHANGED'])
  expect(await names('parameter')).toEqual(['cache=keys', 'release=web'])
  expect(await knownNames(context({environmentName: 'prod'}))('parameter')).toEqual(['release=web'])
})

test('a configuration that cannot be read, or an answer that does not come, has no names', async () => {
  const config = (): never => {
    throw new Error('no configuration')
  }
  expect(await knownNames(context({config}))('environment')).toEqual([])
  expect(await knownNames(context({snapshot: () => new Promise(() => {})}))('run')).toEqual([])
})

const printed = async (...args: string[]) =>
  (await createCompletionCommand(() => commands).run({args, flags: {}}, {} as CommandContext)).text

test('an unknown shell is refused with what there is', async () => {
  await expect(printed('zhs')).rejects.toMatchObject({code: 'usage/arguments', hint: 'Did you mean zsh?'})
  await expect(printed('powershell')).rejects.toMatchObject({hint: 'There is one for bash, zsh, fish.'})
})

test.each(['bash', 'zsh', 'fish'])('the script of %s is the same whatever the commands are called', async shell => {
  const other = createCompletionCommand(() => [])
  expect(await printed(shell)).toBe((await other.run({args: [shell], flags: {}}, {} as CommandContext)).text)
})
