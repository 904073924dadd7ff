import {spawnSync} from 'node:child_process'
import {describe, expect, test} from 'vitest'
import type {Command, CommandContext} from '../command.ts'
import {createCompletionCommand} from './completion.ts'

const run = (): ReturnType<Command['run']> => Promise.resolve({data: null, text: ''})
const commands: Command[] = [
  {
    name: 'status',
    summary: "What's up",
    flags: {watch: {type: 'boolean', short: 'w', description: 'Again: and again'}},
    run,
  },
  {name: 'runs', summary: 'List runs', run},
  {name: 'runs show', summary: 'Show one run', run},
  {name: 'runs abort', summary: 'Stop a run', flags: {reason: {type: 'string', description: 'Why'}}, run},
  {name: 'secret-door', summary: 'Hidden', hidden: true, run},
]
const script = async (shell: string): Promise<string> =>
  (await createCompletionCommand(() => commands).run({args: [shell], flags: {}}, {} as CommandContext)).text

/** What a real bash would offer for a line. */
async function offers(line: string): Promise<string[]> {
  const words = line.split(' ')
  const program = `${await script('bash')}
COMP_WORDS=(${words.map(word => JSON.stringify(word)).join(' ')}); COMP_CWORD=${words.length - 1}
_opsconsole; printf '%s\\n' "\${COMPREPLY[@]}"`
  return spawnSync('bash', ['-c', program], {encoding: 'utf8', cwd: '/'}).stdout.trim().split('\n')
}

describe('bash completes', () => {
  test.each([
    ['opsconsole ', ['runs', 'status']],
    ['opsconsole st', ['status']],
    ['opsconsole runs ', ['abort', 'show']],
    ['opsconsole --json runs a', ['abort']],
    ['opsconsole status --w', ['--watch']],
    ['opsconsole runs abort --rea', ['--read-only', '--reason']],
    ['opsconsole runs abort 17 --rea', ['--read-only', '--reason']],
    ['opsconsole runs abort --js', ['--json']],
  ])('%s', async (line, expected) => {
    expect((await offers(line)).sort()).toEqual(expected)
  })
})

test.each(['bash', 'zsh', 'fish'])('the script for %s never names hidden commands', async shell => {
  const text = await script(shell)
  expect(text).toContain('runs')
  expect(text).not.toContain('secret-door')
})

test('quotes in a summary cannot end the script', async () => {
  expect(await script('zsh')).toContain(String.raw`What'\''s up`)
  expect(await script('fish')).toContain(String.raw`What\'s up`)
})

test('an unknown shell is refused with what there is', async () => {
  await expect(script('zhs')).rejects.toMatchObject({code: 'usage/arguments', hint: 'Did you mean zsh?'})
  await expect(script('powershell')).rejects.toMatchObject({hint: 'There is one for bash, zsh, fish.'})
})
