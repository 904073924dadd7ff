import {expect, test} from 'vitest'
import {pageWords, readPage, rowsOfPage} from './page.ts'

const all = Array.from({length: 1204}, (_, at) => at)

test.each([
  [{page: 1, limit: 20}, 20, 1204, '1–20 of 1,204; --page 2 shows more'],
  [{page: 31, limit: 40}, 4, 1204, '1,201–1,204 of 1,204'],
  [{page: 32, limit: 40}, 0, 1204, 'nothing on page 32 of 1,204'],
  [{page: 1, limit: 20}, 3, 3, undefined],
  [{page: 1, limit: 200}, 200, 'more', '1–200; --page 2 shows more'],
  [{page: 2, limit: 200}, 17, 'no more', '201–217'],
  [{page: 1, limit: 200}, 17, 'no more', undefined],
] as const)('page %j with %i rows of %s: %s', (page, shown, total, words) => {
  expect(pageWords(page, shown, total)).toBe(words)
})

test('every row is on exactly one page', () => {
  const pages = Array.from({length: 32}, (_, at) => rowsOfPage(all, {page: at + 1, limit: 40}))
  expect(pages.flat()).toEqual(all)
})

test('what is not a number of pages is refused with its flag', () => {
  expect(readPage({limit: '5'}, 20)).toEqual({page: 1, limit: 5})
  expect(readPage({page: '3'}, 20)).toEqual({page: 3, limit: 20})
  for (const wrong of ['0', '-1', '1.5', 'all', '']) {
    expect(() => readPage({page: wrong}, 20)).toThrow(/--page should be a whole number above 0/)
    expect(() => readPage({limit: wrong}, 20)).toThrow(/--limit should be a whole number above 0/)
  }
})
