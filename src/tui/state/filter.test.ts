import {describe, expect, test} from 'vitest'
import {filterRows, rank} from './filter.ts'

const rows = ['web up', 'api degraded', 'checkout down', 'mail up', 'restore postgres']
const found = (filter: string): readonly string[] => filterRows(rows, filter, row => row)

describe('filter', () => {
  test.each([
    ['', rows],
    ['up', ['web up', 'mail up']],
    ['UP', ['web up', 'mail up']],
    ['!up', ['api degraded', 'checkout down', 'restore postgres']],
    ['up !mail', ['web up']],
    ['up web', ['web up']],
    ['!', rows],
    ['rstpg', []],
    ['~rstpg', ['restore postgres']],
    ['~', rows],
    ['~chkt', ['checkout down']],
    ['zzzz', []],
  ])('%j finds %j', (filter, expected) => {
    expect(found(filter)).toEqual(expected)
  })
})

test('ranking puts the best match first and keeps the order of all for an empty query', () => {
  expect(rank(rows, '', row => row)).toBe(rows)
  expect(rank(['reload web', 'web'], 'web', row => row)[0]).toBe('web')
})
