import {execFileSync, spawn, spawnSync} from 'node:child_process'
import {existsSync, mkdtempSync, rmSync, symlinkSync} from 'node:fs'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {describe, expect, test} from 'vitest'
import {quotePosix} from '../text/quote-posix.ts'
import {commandScript, endScript, findScript} from './remote-script.ts'

const MARK = 'opsconsole-0123456789abcdef'
const SHELLS = ['sh', 'bash', 'dash', 'ksh', 'ksh93', 'mksh', 'zsh', 'yash', 'tcsh', 'csh', 'fish'].filter(shell =>
  (process.env['PATH'] ?? '').split(':').some(dir => existsSync(path.join(dir, shell))),
)
const HOSTILE = `a\\b\\\\c ' "$HOME" \`x\` ! !! %s %%b \t é ☃ \u{1f600} \\0101\n line 2\\\n!3 ^ ~ * {a,b} $(id) ;&|<>\r end`

/** As sshd does: the login shell gets the line after -c. */
const login = (shell: string, line: string) => spawnSync(shell, ['-c', line], {encoding: 'utf8', input: 'input'})

describe.each(SHELLS)('a login shell that is %s', shell => {
  test('hands a command on to the byte', () => {
    const {stdout, status, stderr} = login(
      shell,
      commandScript(`printf %s ${quotePosix(HOSTILE)}; cat; echo err >&2; exit 3`, MARK),
    )
    expect({stdout, status}).toEqual({stdout: `${HOSTILE}input`, status: 3})
    // A group of its own, though this login shell leads none, as with servers that are not OpenSSH's.
    expect(stderr).toMatch(new RegExp(`^${MARK} began (\\d+) \\1\nerr\n${MARK} ended 3\n$`))
  })

  test('a command of 50 KB', () => {
    const {stdout} = login(shell, commandScript(`printf %s '${'ab!cd'.repeat(10_000)}' | wc -c`, MARK))
    expect(stdout.trim()).toBe('50000')
  })

  test('a command that ends with line ends, and one that is empty', () => {
    expect(login(shell, commandScript("printf %s 'a\n\n'\n\n", MARK))).toMatchObject({stdout: 'a\n\n', status: 0})
    expect(login(shell, commandScript('', MARK))).toMatchObject({stdout: '', status: 0})
  })

  test('finds nothing where nothing is', () => {
    expect(login(shell, findScript(MARK, undefined, true)).stdout).toBe(`${MARK} none\n`)
    expect(login(shell, endScript(MARK, undefined, 1)).stdout).toBe(`${MARK} done\n`)
  })
})

test.each([
  ['false; echo on', 1, ''],
  ['echo "$NOT_SET_ANYWHERE"; echo on', 1, ''],
  ['false | true; echo on', 1, ''],
  ['(exit 7) || echo "got $?"', 0, 'got 7\n'],
  ['echo $# "$0"', 0, '0 bash\n'],
  ['exit 255', 255, ''],
])('%s ends with %i', (text, status, stdout) => {
  expect(login('sh', commandScript(text, MARK))).toMatchObject({status, stdout})
})

test('the tag is not whole in what sends a command or looks for one, which may run on the same machine', () => {
  for (const line of [commandScript('true', MARK), findScript(MARK, 7, true), endScript(MARK, 7, 10)])
    expect(line).not.toContain(MARK)
})

test('a number that another group has by now is not signalled', () => {
  // Our own group is alive and carries no tag.
  expect(login('sh', findScript(MARK, process.pid, true)).stdout).toBe(`${MARK} none\n`)
})

test('where no group of its own can be had, the processes that carry the tag are stopped one by one', async () => {
  const bin = mkdtempSync(path.join(tmpdir(), 'opsconsole-bin-'))
  for (const tool of ['sh', 'sleep', 'grep', 'cut', 'tr', 'ps', 'date'])
    symlinkSync(execFileSync('sh', ['-c', `command -v ${tool}`], {encoding: 'utf8'}).trim(), path.join(bin, tool))
  const env = {PATH: bin}
  const child = spawn('/bin/sh', ['-c', commandScript('sleep 611 & sleep 612', MARK)], {
    env,
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const ended = new Promise(resolve => child.once('close', resolve))
  const began = await new Promise<string>(resolve => child.stderr.once('data', chunk => resolve(String(chunk))))
  try {
    const [, pid, group] = /began (\d+) (\d+)/.exec(began) ?? []
    expect(pid).not.toBe(group)
    const ask = (line: string): string => spawnSync('/bin/sh', ['-c', line], {encoding: 'utf8', env}).stdout
    // TERM is sent once: what begins after it is killed when its time is over.
    const seen = (): number =>
      ask(findScript(MARK, undefined, false))
        .trim()
        .split(' ').length - 2
    await expect.poll(seen, {timeout: 20_000}).toBeGreaterThanOrEqual(4)
    expect(ask(findScript(MARK, undefined, true))).toMatch(new RegExp(`^${MARK} single .*\\b${pid}\\b`))
    expect(ask(endScript(MARK, undefined, 5))).toBe(`${MARK} done\n`)
  } finally {
    child.kill('SIGKILL')
    await ended
    rmSync(bin, {recursive: true})
  }
})
