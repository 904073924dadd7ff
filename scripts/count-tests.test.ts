import {expect, test} from 'vitest'
import {countTests} from './count-tests.ts'

const file = (status: string, ...statuses: string[]) => ({
  status,
  assertionResults: statuses.map(one => ({status: one})),
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
