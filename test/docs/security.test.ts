import {readFileSync} from 'node:fs'
import {expect, test} from 'vitest'
import {rowsOf} from './table-rows.ts'

const flat = (text: string): string => text.replaceAll(/\s+/g, ' ')
const SECURITY = readFileSync('docs/security.md', 'utf8')
const [, promisedPart = '', limitsPart = ''] = readFileSync('docs/security-tests.md', 'utf8').split(/^## .*$/m)

const PROMISED = rowsOf(promisedPart).map(([words = '', where = '']) => {
  const [, file = '', title = ''] = /^(\S+\.test\.ts): (.*)$/.exec(where) ?? []
  return {words, file, title}
})
const LIMITS = rowsOf(limitsPart).map(([words = '']) => words)

/** Paragraphs, points and rows that say something; the heads of tables, headings and code say nothing. */
const BLOCKS = SECURITY.replaceAll(/^```[^]*?^```$/gm, '')
  .split(/\n\n+|\n(?=\| )|\n(?=- )/)
  .map(flat)
  .filter(block => block.trim() !== '' && !/^#|\|---/.test(block))

test.each(PROMISED)('"$words" is held by $file', ({words, file, title}) => {
  expect(flat(SECURITY)).toContain(words)
  expect(title).not.toBe('')
  expect(readFileSync(file, 'utf8').replaceAll(String.raw`\'`, "'")).toContain(title)
})

test.each(LIMITS)('"%s" stands there', words => {
  expect(flat(SECURITY)).toContain(words)
})

test('no paragraph and no row is left out', () => {
  const known = [...PROMISED.map(({words}) => words), ...LIMITS]
  // The list of variables is compared as a whole, the rows are its groups.
  const groups = /^\| [^|]+ \| (?:`[\w*]+` ?)+\|$/
  expect(BLOCKS.filter(block => !groups.test(block) && !known.some(words => block.includes(words)))).toEqual([])
})
