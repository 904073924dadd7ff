import {mkdtempSync, readFileSync, rmSync} from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import {afterAll, expect, test} from 'vitest'
import {execProgram} from './run.ts'

const dir = mkdtempSync(path.join(os.tmpdir(), 'ops-exec-'))
afterAll(() => rmSync(dir, {recursive: true, force: true}))

const alive = (pid: number): boolean => {
  try {
    // A zombie still answers signal 0: only its state tells that it is gone.
    return !/^\d+ \(.*\) Z/s.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))
  } catch {
    return false
  }
}

const gone = async (pid: number): Promise<boolean> => {
  for (let tries = 0; tries < 500 && alive(pid); tries += 1) await new Promise(resolve => setTimeout(resolve, 20))
  return !alive(pid)
}

test('arguments reach the program byte for byte, without a shell', async () => {
  const words = ['$(id)', "it's", '; rm -rf /', '--flag', '*', '']
  const result = await execProgram(['printf', '%s\\n', ...words])
  expect(result.stdout).toBe(words.map(word => `${word}\n`).join(''))
  expect(result.exitCode).toBe(0)
})

test('standard input is what was given, and closed when nothing was', async () => {
  expect((await execProgram(['cat'], {input: 'hello'})).stdout).toBe('hello')
  expect((await execProgram(['cat'])).stdout).toBe('')
})

test('a failure names the command, the exit code and the last lines, with control characters visible', async () => {
  await expect(execProgram(['sh', '-c', 'printf "bad \\033[2J thing\\n" >&2; exit 3'])).rejects.toMatchObject({
    code: 'process/failed',
    message: expect.stringMatching(/exited with 3[\s\S]*bad \^\[\[2J thing/),
  })
})

test('any exit code is a result when the caller says so', async () => {
  expect(await execProgram(['sh', '-c', 'exit 7'], {anyExit: true})).toMatchObject({exitCode: 7})
})

test('a missing program is named as missing', async () => {
  await expect(execProgram(['opsconsole-no-such-program'])).rejects.toMatchObject({code: 'process/missing'})
  await expect(execProgram(['opsconsole-no-such-program'], {anyExit: true})).rejects.toMatchObject({
    code: 'process/missing',
  })
})

test('the deadline stops the program and its children, also those that ignore TERM', async () => {
  const file = path.join(dir, 'child.pid')
  const script = `trap '' TERM; (trap '' TERM; echo $BASHPID > ${file}; sleep 600) & wait; wait`
  await expect(execProgram(['bash', '-c', script], {timeoutMs: 500})).rejects.toMatchObject({code: 'process/timeout'})
  expect(await gone(Number(readFileSync(file, 'utf8')))).toBe(true)
})

test('an abort stops the whole group and rejects with the reason of the signal', async () => {
  const file = path.join(dir, 'aborted.pid')
  const abort = new AbortController()
  const running = execProgram(['bash', '-c', `sleep 600 & echo $! > ${file}; wait`], {signal: abort.signal})
  const reason = new Error('enough')
  const read = (): number => {
    try {
      return Number(readFileSync(file, 'utf8'))
    } catch {
      return 0
    }
  }
  for (let tries = 0; tries < 500 && read() === 0; tries += 1) await new Promise(resolve => setTimeout(resolve, 20))
  abort.abort(reason)
  await expect(running).rejects.toBe(reason)
  expect(await gone(read())).toBe(true)
})

test('output is bounded: a program that never stops printing is stopped and said so', async () => {
  await expect(execProgram(['yes'])).rejects.toMatchObject({
    code: 'process/failed',
    message: expect.stringContaining('more than 16 MB'),
  })
})
