import {expect, test} from 'vitest'
import {proofAge} from './proof-age.ts'

test.each([
  ['a restore that was tested', [{restoreTestedAt: 400}, {restoreTestedAt: 100}], [], {proofAgeMs: 600}],
  ['a drill that passed', [{restoreTestedAt: undefined}], [{ok: true, endedAt: 700}], {proofAgeMs: 300}],
  [
    'no drill that failed',
    [],
    [
      {ok: false, endedAt: 900},
      {ok: true, endedAt: 200},
    ],
    {proofAgeMs: 800},
  ],
  ['a clock that was set back', [{restoreTestedAt: 2000}], [], {proofAgeMs: 0}],
  ['nothing', [{restoreTestedAt: undefined}], [{ok: false, endedAt: 900}], {}],
])('the last proof is %s', (_name, entries, drills, expected) => {
  expect(proofAge(entries, drills, 1000)).toEqual(expected)
})
