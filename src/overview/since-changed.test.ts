import {expect, test} from 'vitest'
import {sinceChanged} from './since-changed.ts'

const row = {environment: 'prod', name: 'web', reason: 'green serves 1.2.0', at: 1_000}
const written = (at: number | undefined) => ({
  writtenAt: (target: string) => (target === 'release/prod/web' ? at : undefined),
})

test.each([
  ['was never changed by us', undefined, 'green serves 1.2.0'],
  ['was changed before it was probed', 900, 'green serves 1.2.0'],
  ['was changed since', 1_500, 'green serves 1.2.0; probed before a run changed it'],
])('what %s says so', (_name, at, reason) => {
  expect(sinceChanged('release', [row], written(at))).toEqual([{...row, reason}])
})

test('what was never probed, or is remembered by nobody, stays as it is', () => {
  const unprobed = {...row, at: undefined}
  expect(sinceChanged('release', [unprobed], written(5))).toEqual([unprobed])
  expect(sinceChanged('release', [row], {})).toEqual([row])
})
