import {readFileSync} from 'node:fs'
import {expect, test} from 'vitest'
import {rowsOf} from './table-rows.ts'

const [, found = '', kinds = ''] = readFileSync('docs/outside.md', 'utf8').split(/^## .*$/m)
const places = [...rowsOf(found), ...rowsOf(kinds)].map(([, where = '']) => where)

test('what was false outside the lab is all listed', () => {
  expect(rowsOf(found).filter(([once]) => once !== '')).toHaveLength(41)
  expect(rowsOf(kinds).filter(([rule]) => rule !== '')).toHaveLength(15)
})

test.each(places)('%s', where => {
  const [, file = '', title = ''] = /^(\S+\.ts): (.+)$/.exec(where) ?? []
  expect(title).not.toBe('')
  expect(readFileSync(file, 'utf8').replaceAll(String.raw`\'`, "'")).toContain(title)
})
