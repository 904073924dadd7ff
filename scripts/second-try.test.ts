import path from 'node:path'
import {expect, test} from 'vitest'
import {countTests} from './count-tests.ts'
import {filesToTryAgain, secondTries, withSecondTry} from './second-try.ts'

const file = (name: string, ...statuses: readonly string[]) => ({
  name: path.resolve(name),
  status: statuses.includes('failed') ? 'failed' : 'passed',
  startTime: 1000,
  endTime: 1000,
  assertionResults: statuses.map((status, index) => ({
    status,
    fullName: `title ${index}`,
    ...(status === 'failed' ? {failureMessages: ['expected 1\nto be 2\nsomewhere\nat a place']} : {}),
  })),
})
const report = (...testResults: readonly ReturnType<typeof file>[]) => ({
  success: testResults.every(({status}) => status === 'passed'),
  testResults,
})

test('few failed files are tried again, and many are no accident', () => {
  const failed = (count: number, passed = 1) =>
    report(
      ...Array.from({length: count}, (_, index) => file(`src/${index}.test.ts`, 'failed')),
      ...Array.from({length: passed}, (_, index) => file(`src/good-${index}.test.ts`, 'passed')),
    )
  expect(filesToTryAgain(failed(3))).toEqual(['src/0.test.ts', 'src/1.test.ts', 'src/2.test.ts'])
  expect(filesToTryAgain(failed(4))).toEqual([])
  expect(filesToTryAgain(failed(6, 594))).toHaveLength(6)
  expect(filesToTryAgain(failed(7, 593))).toEqual([])
})

test('what passes at the second try counts as passed and is named with its first error', () => {
  const first = report(file('a.test.ts', 'passed', 'failed'), file('b.test.ts', 'passed'))
  const second = report(file('a.test.ts', 'passed', 'passed'))
  expect(countTests(withSecondTry(first, second), true)).toEqual({passed: 3, failed: 0})
  expect(secondTries(first, second)).toEqual([
    'passed at the second try:',
    '  a.test.ts: title 1: expected 1 to be 2 somewhere',
  ])
})

test('what fails twice has failed', () => {
  const first = report(file('a.test.ts', 'passed', 'failed'), file('b.test.ts', 'failed'))
  const second = report(file('a.test.ts', 'failed', 'passed'), file('b.test.ts', 'passed'))
  expect(countTests(withSecondTry(first, second), false)).toEqual({passed: 2, failed: 1})
  expect(secondTries(first, second)).toEqual([
    'passed at the second try:',
    '  b.test.ts: title 0: expected 1 to be 2 somewhere',
  ])
})
