import {spawnSync} from 'node:child_process'
import {existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import {afterAll, afterEach, expect, test, vi} from 'vitest'
import {childEnvironment} from './environment.ts'
import {execProgram} from './run.ts'
import {startTool} from './tool.ts'

const dir = mkdtempSync(path.join(os.tmpdir(), 'opsconsole-poison-'))
const marker = path.join(dir, 'marker')
const touch = `touch ${marker}`
const write = (name: string, text: string): string => {
  mkdirSync(path.dirname(path.join(dir, name)), {recursive: true})
  writeFileSync(path.join(dir, name), text, {mode: 0o755})
  return path.join(dir, name)
}
afterEach(() => {
  vi.unstubAllEnvs()
  rmSync(marker, {force: true})
})
afterAll(() => rmSync(dir, {recursive: true}))

write('attack.pm', `open(my $f, '>', '${marker}'); print $f 'x'; 1;`)
const python = write('sitecustomize.py', `open('${marker}', 'w').write('x')`)
const node = write('attack.cjs', `require('fs').writeFileSync('${marker}', 'x')`)
write('node_modules/attack/index.js', `require('fs').writeFileSync('${marker}', 'x')`)
write('attack.rb', `File.write('${marker}', 'x')`)
const shell = write('attack.sh', `${touch}\n`)
write('.zshenv', `${touch}\n`)
write('.curlrc', `output = ${marker}\n`)
write('git-attack', `#!/bin/sh\n${touch}\n`)
write('attack.mk', `$(shell ${touch})\n`)
const big = write('big', 'x'.repeat(100_000))
const bare = {PATH: '/usr/bin:/bin', HOME: dir, TERM: 'xterm', LANG: 'C.UTF-8', TZ: 'UTC'}

/** The variable, a program that listens to it, and how it is seen: the marker exists, or this is printed. */
type Attack = readonly [
  variable: string,
  value: string,
  argv: readonly string[],
  seen?: string | undefined,
  more?: Readonly<Record<string, string>> | undefined,
]
const ATTACKS: readonly Attack[] = [
  ['PERL5OPT', '-Mattack', ['perl', '-e', '1'], undefined, {PERL5LIB: dir}],
  ['PERL5LIB', dir, ['perl', '-e', 'print join "|", @INC'], `${dir}|`],
  ['PYTHONPATH', dir, ['/usr/bin/python3', '-c', '1']],
  ['PYTHONSTARTUP', python, ['/usr/bin/python3', '-i']],
  ['PYTHONHOME', '/nonexistent', ['/usr/bin/python3', '-c', '1'], '/nonexistent'],
  ['RUBYOPT', '-rattack', ['ruby', '-e', '1'], undefined, {RUBYLIB: dir}],
  ['RUBYLIB', dir, ['ruby', '-rattack', '-e', '1']],
  ['NODE_OPTIONS', `--require=${node}`, [process.execPath, '-e', '1']],
  ['NODE_PATH', path.join(dir, 'node_modules'), [process.execPath, '-e', "require('attack')"]],
  [
    'NODE_TLS_REJECT_UNAUTHORIZED',
    '0',
    [process.execPath, '-e', "require('tls').connect(1).on('error', () => {})"],
    'insecure',
  ],
  [
    'NODE_EXTRA_CA_CERTS',
    '/nonexistent',
    [process.execPath, '-e', "require('tls').createSecureContext()"],
    'extra certs',
  ],
  ['JAVA_TOOL_OPTIONS', '-Dx=y', ['java', '-version'], 'Picked up JAVA_TOOL_OPTIONS'],
  ['_JAVA_OPTIONS', '-Dx=y', ['java', '-version'], 'Picked up _JAVA_OPTIONS'],
  ['JDK_JAVA_OPTIONS', '-Dx=y', ['java', '-version'], 'Picked up JDK_JAVA_OPTIONS'],
  ['GIT_SSH_COMMAND', `${touch}; false`, ['git', 'ls-remote', 'ssh://nowhere.invalid/x']],
  ['GIT_EXEC_PATH', dir, ['git', 'attack']],
  [
    'GIT_CONFIG_COUNT',
    '1',
    ['git', 'hello'],
    undefined,
    {GIT_CONFIG_KEY_0: 'alias.hello', GIT_CONFIG_VALUE_0: `!${touch}`},
  ],
  ['GIT_EDITOR', 'theirs', ['git', 'var', 'GIT_EDITOR'], 'theirs'],
  ['GIT_PAGER', 'theirs', ['git', 'var', 'GIT_PAGER'], 'theirs'],
  ['EDITOR', 'theirs', ['git', 'var', 'GIT_EDITOR'], 'theirs'],
  ['VISUAL', 'theirs', ['git', 'var', 'GIT_EDITOR'], 'theirs'],
  ['PAGER', 'theirs', ['git', 'var', 'GIT_PAGER'], 'theirs'],
  ['BASH_ENV', shell, ['bash', '-c', ':']],
  ['ENV', shell, ['dash', '-i']],
  ['BASH_FUNC_ls%%', `() { ${touch}; }`, ['bash', '-c', 'ls']],
  ['PROMPT_COMMAND', touch, ['bash', '--norc', '-i']],
  ['SHELLOPTS', 'xtrace', ['bash', '-c', 'echo said'], '+ echo said'],
  ['CDPATH', dir, ['bash', '-c', 'cd node_modules'], `${dir}/node_modules`],
  ['ZDOTDIR', dir, ['zsh', '-c', ':'], undefined, {HOME: '/nonexistent'}],
  ['LD_PRELOAD', '/nonexistent.so', ['true'], '/nonexistent.so'],
  ['LD_DEBUG', 'help', ['true'], 'Valid options'],
  ['LESSOPEN', `|${touch}; cat %s`, ['less', big]],
  ['MAKEFILES', path.join(dir, 'attack.mk'), ['make', '-f', '/dev/null']],
  ['MAKEFLAGS', 'p', ['make', '-f', '/dev/null'], 'GNU Make'],
  ['TAR_OPTIONS', `--checkpoint=1 --checkpoint-action=exec='${touch}'`, ['tar', '-cf', '-', '-C', dir, 'big']],
  ['CURL_HOME', dir, ['curl', '-s', `file://${big}`], undefined, {HOME: '/nonexistent'}],
]
const isInstalled = (program: string): boolean =>
  program.startsWith('/')
    ? existsSync(program)
    : ['/usr/bin', '/bin'].some(place => existsSync(path.join(place, program)))
const installed = ATTACKS.filter(([, , [program = '']]) => isInstalled(program))

const fires = ([variable, value, [program = '', ...args], seen, more]: Attack, cleaned: boolean): boolean => {
  rmSync(marker, {force: true})
  const poisoned = {...bare, ...more, [variable]: value}
  const env = cleaned ? childEnvironment(poisoned) : poisoned
  const {stdout, stderr} = spawnSync(program, args, {
    env,
    cwd: '/',
    stdio: ['ignore', 'pipe', 'pipe'],
    encoding: 'latin1',
    timeout: 30_000,
  })
  return seen === undefined ? existsSync(marker) : `${stdout}${stderr}`.includes(seen)
}

test('most of the interpreters are installed here', () => {
  expect(installed.length).toBeGreaterThan(20)
})

test.each(installed.map(attack => ({attack, variable: attack[0], argv: attack[2].join(' ')})))(
  '$variable changes what `$argv` does, but not when it is started from here',
  ({attack}) => {
    expect({before: fires(attack, false), here: fires(attack, true)}).toEqual({before: true, here: false})
  },
)

test('of probes, secrets and backups no program gets them either', async () => {
  vi.stubEnv('BASH_ENV', shell)
  await execProgram(['bash', '-c', ':'])
  await startTool(['bash', '-c', ':'], {stdin: 'none', stdout: 'none', signal: AbortSignal.timeout(30_000)}).ended
  expect(existsSync(marker)).toBe(false)
})
