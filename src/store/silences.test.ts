import {expect, test} from 'vitest'
import type {Silence} from '../alerts/routing/silence.ts'
import {migrations} from './migrations.ts'
import {silenceStore} from './silences.ts'
import {DatabaseSync} from 'node:sqlite'

const silence = (id: string, endsAt: number | undefined): Silence => ({
  id,
  matcher: {rules: ['down']},
  author: 'ann',
  reason: 'moving house',
  createdAt: 1,
  endsAt,
})

test('silences are kept until they end, one that ends with its alert until somebody ends it', () => {
  const database = new DatabaseSync(':memory:')
  for (const {sql} of migrations) database.exec(sql)
  const store = silenceStore(database)
  const [timed, open] = [silence('a', 1000), silence('b', undefined)]
  store.add(timed)
  store.add(open)
  expect(store.since(999)).toEqual([timed, open])
  expect(store.since(1000)).toEqual([open])
  expect(store.expire('a', {by: 'ben', at: 1000})).toBe(false)
  expect(store.expire('c', {by: 'ben', at: 10})).toBe(false)
  expect(store.expire('b', {by: 'ben', at: 900})).toBe(true)
  expect(store.expire('b', {by: 'ben', at: 901})).toBe(false)
  expect(store.since(899)).toEqual([timed, {...open, expired: {by: 'ben', at: 900}}])
  store.forget(1000)
  expect(store.since(0)).toEqual([])
  database.close()
})
