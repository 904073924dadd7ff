import {execFileSync} from 'node:child_process'
import {existsSync, mkdtempSync, readdirSync, readFileSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {constantFrom, oneof, sample, string} from 'fast-check'
import {afterAll, afterEach, beforeAll, describe, expect, test} from 'vitest'
import {OpsError} from '../../src/errors.ts'
import {groupMembers} from '../../src/processes/stop.ts'
import {startShell} from '../../src/shell/command-process.ts'
import type {CommandEnd} from '../../src/shell/command-record.ts'
import {createShell} from '../../src/shell/create-shell.ts'
import {remoteShell} from '../../src/shell/ssh.ts'
import {createRedactor} from '../../src/text/redact.ts'
import {until} from '../program/program.ts'
import {type Sshd, startSshd} from '../servers/sshd.ts'
import {countOf, seedOr} from '../reliability/sample.ts'

const SEED = seedOr(20261122)
const STRINGS = countOf('P3 hosts')

let sshd: Sshd
let dir: string
let config: string
const strays: number[] = []
beforeAll(async () => {
  sshd = await startSshd()
  dir = mkdtempSync(path.join(tmpdir(), 'opsconsole-hosts-'))
  config = sshd.configFor('web-1', 'web-2')
})
afterEach(() => {
  sshd.thaw()
  for (const pid of strays.splice(0))
    try {
      process.kill(pid, 'SIGKILL')
    } catch {
      // It is gone, as it should be.
    }
})
afterAll(async () => {
  closeConnection()
  rmSync(dir, {recursive: true, force: true})
  await sshd.stop()
})

function closeConnection(): void {
  try {
    execFileSync('ssh', ['-F', config, '-o', `ControlPath=${dir}/%n`, '-O', 'exit', 'web-1'], {stdio: 'ignore'})
  } catch {
    // There is none.
  }
}

/** The `$` of a host, and all that is recorded of it. */
function world(host = 'web-1', graceMs = 1000) {
  const abort = new AbortController()
  const [lines, ends, orphans, pids]: [string[], CommandEnd[], string[], number[]] = [[], [], [], []]
  let number = 0
  const local = createShell({
    record: {
      intend: () => (number += 1),
      started: (_command, process) => void pids.push(process?.pid ?? 0),
      ended: (_command, end) => void ends.push(end),
      line: (stream, text) => void lines.push(`${stream} ${text}`),
      orphans: processes => void orphans.push(...processes),
    },
    redactor: createRedactor(),
    signal: abort.signal,
    spoolDir: mkdtempSync(path.join(dir, 'spool-')),
    dryRun: false,
    env: {},
    operatorEnv: process.env,
    cwd: dir,
    graceMs,
    start: startShell,
  })
  const $ = remoteShell(local, host, {config, controlPath: `${dir}/%n`})
  return {$, abort, lines, ends, orphans, pids}
}

const read = (name: string): string =>
  existsSync(path.join(dir, name)) ? readFileSync(path.join(dir, name), 'utf8') : ''
/** A pid that a command wrote. */
const pidIn = (name: string): Promise<number> =>
  until(`a pid in ${name}`, () => /^\d+\n$/.test(read(name)) && Number(read(name)))
const alive = (pid: number): boolean => {
  try {
    return !/^State:\s+[ZX]/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))
  } catch {
    return false
  }
}
const groupOf = (pid: number): number => Number(readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ')[2])
const errorOf = (command: Promise<unknown>): Promise<OpsError> =>
  command.then(
    () => expect.fail('it did not fail'),
    (error: unknown) => error as OpsError,
  )

describe('how a command on a host ended', () => {
  test.each([
    ['true', 0],
    ['exit 1', 1],
    ['exit 255', 255],
    ['kill -TERM $$', 143],
    ['kill -KILL $$', 137],
    ['false | true', 1],
    ['false; true', 1],
    ['echo "$UNSET_HERE"; true', 1],
    ['if then', 2],
  ])('%s: %i', async (text, code) => {
    const {$, ends, lines} = world()
    const result = await $([text] as unknown as TemplateStringsArray).nothrow()
    expect(result.exitCode).toBe(code)
    expect(ends).toEqual([expect.objectContaining({exitCode: code})])
    expect([...lines, result.stderr].join()).not.toMatch(/opsconsole-/)
  })

  test('its output is its own, to the byte, in both streams, with or without a last line end', async () => {
    const {$, lines} = world()
    const {stdout, stderr} = await $({input: 'in\0put é'})`cat; printf 'no end' >&2`
    expect({stdout, stderr}).toEqual({stdout: 'in\0put é', stderr: 'no end'})
    expect(lines).toContain('err web-1: no end')
  })

  test('a command of 100 KB', async () => {
    const {stdout} = await world().$`printf %s ${'x'.repeat(100_000)} | wc -c`.quiet()
    expect(stdout.trim()).toBe('100000')
  })

  test('a host that is not reached: it did not say that it began, which is no exit code', async () => {
    const {$, ends} = world('gone-1')
    const error = await errorOf($`true`)
    expect(error).toMatchObject({code: 'host/lost'})
    expect(error.message).toMatch(
      /^the command on gone-1 did not say that it began: ssh ended with exit code 255: .*refused/,
    )
    expect(ends).toEqual([expect.objectContaining({exitCode: null})])
    expect((await world('gone-1').$`true`.nothrow()).exitCode).toBe(null)
  })

  test(`${STRINGS} random strings arrive byte for byte (seed ${SEED})`, async () => {
    const strings = oneof(
      string({unit: 'binary', maxLength: 16}),
      string({unit: 'grapheme', maxLength: 16}),
      string({unit: constantFrom(...'$`"\'\\;&|<>(){}[]*?!#~= \n\t\r-%0123'.split('')), maxLength: 24}),
    )
    const all = sample(strings, {seed: SEED, numRuns: STRINGS}).map(text => text.replaceAll('\0', ''))
    for (let from = 0; from < all.length; from += 100) {
      const values = all.slice(from, from + 100)
      const {stdout} = await world().$`printf ${'%s\\0'} ${values}`.quiet()
      expect(stdout.split('\0').slice(0, -1)).toEqual(values.map(text => Buffer.from(text).toString()))
    }
  })
})

describe('a command on a host that is stopped', () => {
  test('ends there with all of its group, however deep, by KILL what ignores TERM; the connection stays', async () => {
    const {$, abort, lines, ends, orphans} = world()
    const command = $`trap "" TERM; (sh -c 'echo $$ > ${dir}/deep; sleep 600; :' & wait) & wait`
    const deep = await pidIn('deep')
    const group = groupOf(deep)
    abort.abort(new Error('enough'))
    expect((await errorOf(command)).message).toBe('enough')
    expect([groupMembers(group), alive(deep), orphans]).toEqual([[], false, []])
    expect(lines.at(-1)).toBe(`log web-1: its process group ${group} was killed, as TERM did not end it in 1 s`)
    expect(ends).toEqual([expect.objectContaining({exitCode: null})])
    expect((await world().$`echo still here`).stdout).toBe('still here\n')
    rmSync(path.join(dir, 'deep'))
  })

  test('may clean up after itself: TERM comes first, and its exit code is its own', async () => {
    const {$, abort, ends, lines} = world('web-1', 30_000)
    const command = $`trap 'echo tidied; exit 3' TERM; echo $$ > ${dir}/tidy; while :; do sleep 0.1; done`
    await pidIn('tidy')
    abort.abort(new Error('enough'))
    await errorOf(command)
    expect(lines.join('\n')).toMatch(/out web-1: tidied[\s\S]*process group \d+ was ended by TERM$/)
    expect(ends).toEqual([expect.objectContaining({exitCode: 3})])
  })

  test('what has left the group is named, and left alone', async () => {
    const {$, abort, orphans} = world()
    const command = $`setsid sh -c 'echo $$ > ${dir}/away; exec sleep 602' & sleep 600`
    const away = await pidIn('away')
    strays.push(away)
    await until('the exec', () => readFileSync(`/proc/${away}/cmdline`, 'utf8').startsWith('sleep'))
    abort.abort(new Error('enough'))
    await errorOf(command)
    expect(orphans).toEqual([`web-1: ${away} sleep 602`])
    expect(alive(away)).toBe(true)
  })

  test('a host that does not answer any more: it may still run there, and as what', async () => {
    const {$, abort, lines} = world()
    const command = $`echo $$ > ${dir}/frozen; echo up; exec sleep 603`
    const pid = await pidIn('frozen')
    strays.push(pid)
    const group = groupOf(pid)
    await until('its output', () => lines.includes('out web-1: up'))
    sshd.freeze()
    abort.abort(new Error('enough'))
    const error = await errorOf(command)
    sshd.thaw()
    expect(error.code).toBe('host/left')
    expect(error.message).toBe(
      `the command may still run on web-1, as process group ${group}: web-1 could not be asked (no answer in 4 s)`,
    )
    expect(alive(pid)).toBe(true)
  })
})

describe('a connection that is lost', () => {
  test('is not an exit code: the host is asked what runs there, and nothing is stopped', async () => {
    const {$, lines} = world()
    const command = $`echo $$ > ${dir}/cut; echo up; exec sleep 604`
    const pid = await pidIn('cut')
    await until('its output', () => lines.includes('out web-1: up'))
    strays.push(pid)
    const group = groupOf(pid)
    sshd.dropSessions()
    const error = await errorOf(command)
    expect(error.code).toBe('host/left')
    expect(error.message).toMatch(
      new RegExp(
        `^the connection to web-1 was lost \\(ssh ended with exit code 255\\); the command still runs there, as process group ${group} from`,
      ),
    )
    expect(alive(pid)).toBe(true)
  })

  test('by the end of the local ssh alone', async () => {
    const {$, lines, pids} = world()
    const command = $`echo $$ > ${dir}/local; echo up; exec sleep 605`
    const pid = await pidIn('local')
    await until('its output', () => lines.includes('out web-1: up'))
    strays.push(pid)
    const ssh = groupMembers(pids[0] ?? 0).filter(each => readFileSync(`/proc/${each}/comm`, 'utf8') === 'ssh\n')
    for (const each of ssh) process.kill(each, 'SIGKILL')
    expect((await errorOf(command)).message).toMatch(
      /^the connection to web-1 was lost \(ssh ended with exit code 137\); the command still runs there/,
    )
  })

  test('and a command that is gone: how it ended is not known', async () => {
    const {$, lines} = world()
    // With the shell around it: nobody is left who could tell the exit code.
    const command = $`echo $PPID > ${dir}/silent; echo up; exec sleep 606`
    const around = await pidIn('silent')
    await until('its output', () => lines.includes('out web-1: up'))
    for (const pid of groupMembers(groupOf(around))) process.kill(pid, 'SIGKILL')
    expect((await errorOf(command)).message).toMatch(
      /^the connection to web-1 was lost \(ssh ended with exit code 255\); nothing of the command runs there now, how it ended is not known/,
    )
  })

  test('for good: it may still run there', async () => {
    const own = await startSshd()
    const ownConfig = own.configFor('web-2')
    const {$, lines} = worldOf(ownConfig)
    const command = $`echo $$ > ${dir}/good; echo up; exec sleep 607`
    const pid = await pidIn('good')
    await until('its output', () => lines.includes('out web-2: up'))
    strays.push(pid)
    const group = groupOf(pid)
    await own.stop()
    expect((await errorOf(command)).message).toMatch(
      new RegExp(`was lost .*; the command may still run there, as process group ${group}: web-2 could not be asked`),
    )
  })
})

function worldOf(otherConfig: string) {
  const before = config
  config = otherConfig
  try {
    return world('web-2')
  } finally {
    config = before
  }
}

test('nothing stays in the spool', () => {
  for (const name of readdirSync(dir).filter(each => each.startsWith('spool-')))
    expect(readdirSync(path.join(dir, name))).toEqual([])
})
