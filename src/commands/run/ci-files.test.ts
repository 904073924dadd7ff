import {mkdtempSync, readFileSync, rmSync, statSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {afterAll, beforeAll, expect, test} from 'vitest'
import {annotationsUsed, keepAnnotationsUsed, leaveForCi} from './ci-files.ts'

let dir: string
beforeAll(() => {
  dir = mkdtempSync(path.join(tmpdir(), 'opsconsole-ci-'))
})
afterAll(() => rmSync(dir, {recursive: true}))

const done = {outcome: 'undo failed', exitCode: 4, markdown: '# Report\n'} as const

test('id at once, result at the end, as lines that any shell takes', () => {
  const env = {GITHUB_OUTPUT: path.join(dir, 'output')}
  expect(leaveForCi(env, {run: 'r1', outputs: undefined})).toEqual([])
  expect(leaveForCi(env, {result: done, outputs: undefined})).toEqual([])
  expect(readFileSync(env.GITHUB_OUTPUT, 'utf8')).toBe('run=r1\noutcome=undo-failed\nexit_code=4\n')
})

test('--outputs stands before what the CI system names', () => {
  const env = {GITHUB_OUTPUT: path.join(dir, 'not-used')}
  leaveForCi(env, {run: 'r1', outputs: path.join(dir, 'mine')})
  expect(readFileSync(path.join(dir, 'mine'), 'utf8')).toBe('run=r1\n')
  expect(() => statSync(env.GITHUB_OUTPUT)).toThrow()
})

test('a summary is appended, and never makes the file larger than GitHub takes', () => {
  const file = path.join(dir, 'summary')
  const env = {GITHUB_STEP_SUMMARY: file}
  writeFileSync(file, 'before\n')
  leaveForCi(env, {result: done, outputs: undefined})
  expect(readFileSync(file, 'utf8')).toBe('before\n# Report\n\n')
  leaveForCi(env, {result: {...done, markdown: 'a long line, ä\n'.repeat(100_000)}, outputs: undefined})
  expect(statSync(file).size).toBeLessThanOrEqual(1024 * 1024)
  expect(statSync(file).size).toBeGreaterThan(1024 * 1024 - 100)
  expect(readFileSync(file, 'utf8')).toMatch(/, ä\n\n\*The rest is left out.*\n$/)
  leaveForCi(env, {result: done, outputs: undefined})
  expect(statSync(file).size).toBeLessThanOrEqual(1024 * 1024)
})

test('files that cannot be written are told, not thrown', () => {
  const env = {GITHUB_OUTPUT: path.join(dir, 'no/such/dir'), GITHUB_STEP_SUMMARY: dir}
  expect(leaveForCi(env, {result: done, outputs: undefined})).toEqual([
    expect.stringMatching(/^cannot write the outputs to .*ENOENT/),
    expect.stringMatching(/^cannot write the job summary: .*EISDIR/),
  ])
})

test('annotations are counted over the steps of a job', () => {
  const env = {RUNNER_TEMP: dir}
  expect(annotationsUsed(env)).toBe(0)
  keepAnnotationsUsed(env, 12)
  expect(annotationsUsed(env)).toBe(12)
  writeFileSync(path.join(dir, 'opsconsole-annotations'), 'rubbish')
  expect(annotationsUsed(env)).toBe(0)
  expect(annotationsUsed({})).toBe(0)
})
