import {expect, test} from 'vitest'
import {temporaryStore} from '../../test/temporary-store.ts'
import {timelines} from './timelines.ts'

test('events are read in their order, bounded, and forgotten by age', () => {
  const kept = timelines(temporaryStore().database)
  for (let at = 1; at <= 600; at += 1) kept.add({alert: 'a', at, kind: 'sent', channel: 'pager', text: `${at}`})
  kept.add({alert: 'b', at: 5, kind: 'state', text: 'firing'})
  const all = kept.of(['a', 'b', 'c'], 0, 1_000)
  expect(all.get('a')).toHaveLength(500)
  expect(all.get('a')?.at(-1)).toEqual({alert: 'a', at: 600, kind: 'sent', channel: 'pager', text: '600'})
  expect(all.get('b')).toEqual([{alert: 'b', at: 5, kind: 'state', text: 'firing'}])
  expect(
    kept
      .of(['a'], 0, 3)
      .get('a')
      ?.map(({at}) => at),
  ).toEqual([598, 599, 600])
  kept.forget(600)
  expect(kept.of(['a', 'b'], 0, 10).get('a')).toHaveLength(1)
})
