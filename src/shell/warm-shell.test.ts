import {
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import {spawnSync} from 'node:child_process'
import os from 'node:os'
import path from 'node:path'
import {afterEach, beforeEach, expect, test} from 'vitest'
import {processStat} from '../processes/identity.ts'
import {type CommandOrder, type CommandProcess, startShell} from './command-process.ts'
import {assignmentsOf, openWarmShell, WAITING, type WarmShell} from './warm-shell.ts'

let dir: string
let shell: WarmShell
let number = 0
beforeEach(() => {
  dir = mkdtempSync(path.join(os.tmpdir(), 'opsconsole-spare-'))
  shell = openWarmShell(process.env, dir)
})
afterEach(() => {
  shell.close()
  rmSync(dir, {recursive: true, force: true})
})

function order(text: string, change: Partial<CommandOrder> = {}): CommandOrder {
  const base = path.join(dir, String((number += 1)))
  const [outFile, errFile] = [`${base}.out`, `${base}.err`]
  writeFileSync(outFile, '')
  writeFileSync(errFile, '')
  return {
    text,
    cwd: dir,
    marks: {OPSCONSOLE_STEP: 'one', OPSCONSOLE_RUN: "r '$(id)"},
    env: {},
    operatorEnv: process.env,
    input: undefined,
    spool: {outFd: openSync(outFile, 'r+'), errFd: openSync(errFile, 'r+'), exitFile: `${base}.exit`},
    ...change,
  }
}

const outOf = ({exitFile}: CommandOrder['spool']): string => exitFile.replace(/exit$/, 'out')
const errOf = ({exitFile}: CommandOrder['spool']): string => exitFile.replace(/exit$/, 'err')

async function told({spool}: CommandOrder, {exited}: CommandProcess) {
  const end = await exited
  closeSync(spool.outFd)
  closeSync(spool.errFd)
  const read = (file: string): string => readFileSync(file, 'utf8')
  return {end, out: read(outOf(spool)), err: read(errOf(spool)), exit: read(spool.exitFile)}
}

/** The shell that waits after one command was started. */
async function waiting(): Promise<void> {
  const first = order('true')
  await told(first, shell.start(first))
  await new Promise(resolve => setImmediate(resolve))
}

test.each([
  [
    'what it sees',
    'env | grep -v ^_= | sort; pwd; echo "$- $# $0"; umask; trap; shopt; ulimit -a; ls /proc/self/fd | wc -l; readlink /proc/self/fd/0',
  ],
  ['what it calls itself', 'set | cut -d= -f1 | grep -vE "^(_|BASHPID|PIPESTATUS|BASH_EXECUTION_STRING)$"'],
  ['a failure in the middle', 'echo a; false; echo b'],
  ['a failure in a pipe', 'false | cat'],
  ['an unset variable', 'echo $NOT_THERE'],
  ['its own exit', 'exit 7'],
  ['exec', 'exec sh -c "exit 8"'],
  ['a trap of its own', 'trap "echo bye" EXIT; exit 9'],
  ['a bracket', 'echo ) ('],
  ['text that looks like our own', 'echo "$__code" 2>&1 || true; __text=x; echo é "$__text"'],
  ['a signal to itself', 'kill -KILL $BASHPID'],
  ['lines and quotes', "printf '%s\\n' 'a\nb' \"c\"; echo err >&2"],
])('a command in a shell that waited and one in a new shell do not differ: %s', async (_what, text) => {
  await waiting()
  const [beside, fresh] = [order(text), order(text)]
  const inWaiting = await told(beside, shell.start(beside))
  const inFresh = await told(fresh, startShell(fresh))
  // Bash names the line of an error in its own text.
  const plain = (said: string): string => said.replaceAll(/line \d+/g, 'line').replaceAll(/\b\d{4,}\b/g, 'N')
  expect({...inWaiting, out: plain(inWaiting.out), err: plain(inWaiting.err)}).toEqual({
    ...inFresh,
    out: plain(inFresh.out),
    err: plain(inFresh.err),
  })
})

test('it leads a session and a process group of its own', async () => {
  await waiting()
  const one = order('sleep 0.2')
  const command = shell.start(one)
  expect(processStat(command.pid as number)).toMatchObject({group: command.pid, session: command.pid})
  await told(one, command)
})

test('the directory is the one that has the name when the command starts', async () => {
  for (const name of ['old', 'new']) mkdirSync(path.join(dir, name))
  symlinkSync('old', path.join(dir, 'current'))
  shell = openWarmShell(process.env, path.join(dir, 'current'))
  await waiting()
  rmSync(path.join(dir, 'current'))
  symlinkSync('new', path.join(dir, 'current'))
  const one = order('pwd -P; touch here', {cwd: path.join(dir, 'current')})
  expect((await told(one, shell.start(one))).out).toBe(`${path.join(dir, 'new')}\n`)
})

test('a link that somebody put in the place of a file of the command leads nowhere', async () => {
  const victim = path.join(dir, 'victim')
  writeFileSync(victim, 'as it was')
  for (const start of [shell.start, startShell]) {
    await waiting()
    const one = order('echo out; echo err >&2')
    for (const file of [outOf(one.spool), errOf(one.spool)]) rmSync(file)
    for (const file of [outOf(one.spool), errOf(one.spool), one.spool.exitFile]) symlinkSync(victim, file)
    const opened = [one.spool.outFd, one.spool.errFd].map(descriptor => `/proc/self/fd/${descriptor}`)
    expect(await start(one).exited).toEqual({code: 0, signal: null})
    expect(opened.map(file => readFileSync(file, 'utf8'))).toEqual([
      'out\n',
      expect.stringMatching(/^err\n.*cannot overwrite existing file\n$/),
    ])
    expect(readFileSync(victim, 'utf8')).toBe('as it was')
    for (const descriptor of [one.spool.outFd, one.spool.errFd]) closeSync(descriptor)
  }
})

test('a directory that has gone fails the command, and it is not run remote', async () => {
  await waiting()
  const one = order('echo ran', {cwd: path.join(dir, 'nowhere')})
  expect(await shell.start(one).exited).toEqual({code: 70, signal: null})
  expect(readFileSync(outOf(one.spool), 'utf8')).toBe('')
  expect(readFileSync(errOf(one.spool), 'utf8')).toContain('nowhere')
})

test('what needs input, variables or a long text runs all the same', async () => {
  await waiting()
  for (const [one, out] of [
    [order('cat', {input: 'given'}), 'given'],
    [order('echo $MORE', {env: {MORE: 'more'}}), 'more\n'],
    [order(`echo ${'x'.repeat(5000)}`), `${'x'.repeat(5000)}\n`],
    [order(`echo ${'x'.repeat(70_000)}`), `${'x'.repeat(70_000)}\n`],
  ] as const)
    expect((await told(one, shell.start(one))).out).toBe(out)
})

test('an order that is cut short anywhere is not run, and does not look like success', () => {
  const one = order("touch ran; echo 'it ran'")
  const whole = assignmentsOf(one)
  writeFileSync(path.join(dir, 'whole'), whole)
  // One shell begins all of them: to begin so many from here takes a busy machine minutes.
  const all =
    'for ((cut = 0; cut < $2; cut += 1)); do head -c $cut whole | /bin/bash -c "$1" bash; echo "$cut: $?"; done'
  const length = Buffer.byteLength(whole)
  const {stdout} = spawnSync('/bin/bash', ['-c', all, 'bash', `exec 3<&0; ${WAITING}`, String(length)], {
    cwd: dir,
    encoding: 'utf8',
  })
  expect(stdout.trim().split('\n')).toEqual(Array.from({length}, (_, cut) => `${cut}: 70`))
  expect(readdirSync(dir)).not.toContain('ran')
  for (const descriptor of [one.spool.outFd, one.spool.errFd]) closeSync(descriptor)
})

/** Shells of this process that wait for an order. */
const waitingShells = (): readonly number[] =>
  readdirSync('/proc')
    .filter(name => /^\d+$/.test(name))
    .map(Number)
    .filter(pid => {
      try {
        const [, parent] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? []
        return Number(parent) === process.pid && readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('read -rN')
      } catch {
        return false
      }
    })

test('one shell waits, and when it is let go it ends without having run anything', async () => {
  await waiting()
  // One of a test before this one may still be on its way out.
  await expect.poll(waitingShells, {timeout: 30_000}).toHaveLength(1)
  shell.close()
  while (waitingShells().length > 0) await new Promise(resolve => setTimeout(resolve, 5))
  const after = order('echo $$')
  await told(after, shell.start(after))
  await new Promise(resolve => setImmediate(resolve))
  // The shell of that order may still be on its way out; one that waits would stay.
  await expect.poll(waitingShells, {timeout: 30_000}).toHaveLength(0)
})

test('a shell that died while it waited is not given anything', async () => {
  await waiting()
  const [pid] = waitingShells()
  process.kill(pid as number, 'SIGKILL')
  while (waitingShells().length > 0) await new Promise(resolve => setTimeout(resolve, 5))
  const one = order('echo ran')
  expect(await told(one, shell.start(one))).toMatchObject({out: 'ran\n', end: {code: 0}})
})

test('many at once: one gets the waiting shell, the others new ones, each its own output', async () => {
  await waiting()
  const orders = Array.from({length: 8}, (_, index) => order(`echo ${index}; exit ${index}`))
  const ends = await Promise.all(orders.map(one => told(one, shell.start(one))))
  expect(ends.map(end => `${end.out.trim()} ${end.end.code} ${end.exit.trim()}`)).toEqual(
    orders.map((_, index) => `${index} ${index} ${index}`),
  )
})
