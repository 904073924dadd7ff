import {expect, test} from 'vitest'
import path from 'node:path'
import {countTests, skippedTests, slowestFiles} from './count-tests.ts'

const file = (status: string, ...statuses: string[]) => ({
  name: path.resolve('src/a.test.ts'),
  status,
  startTime: 1000,
  endTime: 1000,
  assertionResults: statuses.map((one, index) => ({status: one, fullName: `title ${index}`})),
})

test.each([
  ['passed tests', {success: true, testResults: [file('passed', 'passed', 'passed', 'skipped')]}, true, 2, 0],
  ['failed tests', {success: false, testResults: [file('failed', 'passed', 'failed', 'failed')]}, false, 1, 2],
  ['a file that did not load', {success: false, testResults: [file('failed'), file('passed', 'passed')]}, false, 1, 1],
  ['an error outside of any test', {success: true, testResults: [file('passed', 'passed')]}, false, 1, 1],
  ['no test at all', {success: false, testResults: []}, false, 0, 1],
])('%s are counted so that the closing line is true', (_, report, exitedWell, passed, failed) => {
  expect(countTests(report, exitedWell)).toEqual({passed, failed})
})

test('the slowest files are named with their seconds, slowest first, and no more than asked for', () => {
  const timed = [300, 12_340, 5000].map((ms, index) => ({
    ...file('passed'),
    name: path.resolve(`src/${index}.test.ts`),
    endTime: 1000 + ms,
  }))
  expect(slowestFiles({success: true, testResults: timed}, 2)).toEqual([
    'slowest files:',
    '   12.3 s  src/1.test.ts',
    '    5.0 s  src/2.test.ts',
  ])
})

test('what was skipped is named, also when that is nothing', () => {
  const report = {success: true, testResults: [file('passed', 'passed', 'skipped', 'pending')]}
  expect(skippedTests(report)).toEqual(['skipped:', '  src/a.test.ts: title 1', '  src/a.test.ts: title 2'])
  expect(skippedTests({success: true, testResults: [file('passed', 'passed')]})).toEqual(['nothing was skipped'])
})
