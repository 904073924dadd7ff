import {describe, expect, test} from 'vitest'
import {parseTarget} from './target.ts'

const micros = Date.UTC(2026, 10, 26, 13, 3) * 1000

describe('a moment says its zone', () => {
  test.each([
    ['2026-11-26T14:03:00+01:00', micros],
    ['2026-11-26 13:03Z', micros],
    ['2026-11-26 13:03:00 UTC', micros],
    ['2026-11-26 13:03:00.5+00', micros + 500_000],
    ['2026-11-26 08:03:00.000001-0500', micros + 1],
  ])('%s', (to, expected) => {
    expect(parseTarget({to})).toMatchObject({kind: 'time', micros: expected})
  })

  test('one without a zone is refused, with the way to write it', () => {
    expect(() => parseTarget({to: '2026-11-26 13:03:00'})).toThrow('has no zone')
  })

  test('it goes to PostgreSQL with all its digits', () => {
    expect(parseTarget({to: '2026-11-26 14:03:00.25+01'}).text).toBe('2026-11-26 13:03:00.250000+00')
  })
})

test.each([
  [{}, 'exactly one'],
  [{to: 'latest', xid: '7'}, 'exactly one'],
  [{to: 'yesterday'}, 'should be a moment'],
  [{to: '2026-02-31T00:00Z25'}, 'should be a moment'],
  [{to: '2026-02-31T00:00:00Z'}, 'there is no moment'],
  [{to: '2026-02-29 10:00+01'}, 'there is no moment'],
  [{to: '2026-11-26T14:00:60Z'}, 'there is no moment'],
  [{to: '2026-11-26T14:00:00+25:00'}, 'there is no moment'],
  [{before: 'DROP'}, 'or drop'],
  [{before: 'drop', to: 'latest'}, 'exactly one'],
  [{lsn: '16-1'}, 'should be a position'],
  [{xid: '-3'}, 'transaction'],
  [{point: "a'b"}, 'pg_create_restore_point'],
])('%o is refused', (words, reason) => {
  expect(() => parseTarget(words)).toThrow(reason)
})

test('positions, transactions, named points and the end of the log are understood', () => {
  expect(parseTarget({lsn: '0/1a'})).toEqual({kind: 'lsn', lsn: 26n, text: '0/1A'})
  expect(parseTarget({xid: '8520'})).toEqual({kind: 'xid', text: '8520'})
  expect(parseTarget({point: 'pre-deploy r42'})).toEqual({kind: 'name', text: 'pre-deploy r42'})
  expect(parseTarget({before: '8520'})).toEqual({kind: 'before', text: '8520'})
  expect(parseTarget({before: 'drop'})).toEqual({kind: 'before', text: 'drop'})
  expect(parseTarget({to: 'latest'})).toEqual({kind: 'latest', text: 'latest'})
})
