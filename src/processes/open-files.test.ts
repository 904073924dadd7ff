import {expect, test} from 'vitest'
import {openFilesLimit} from './open-files.ts'

const limits = (files: string): string =>
  `Limit                     Soft Limit           Hard Limit           Units     \nMax processes             7823                 7823                 processes \nMax open files            ${files.padEnd(20)} 524288               files     \n`

test.each([
  [limits('1024'), 1024],
  [limits('1048576'), 1_048_576],
  [limits('unlimited'), 1024],
  ['', 1024],
])('the limit of open files is read, or taken to be the usual one', (text, limit) => {
  expect(openFilesLimit(() => text)).toBe(limit)
})

test('where there is no /proc it is taken to be the usual one', () => {
  const missing = (): never => {
    throw new Error('ENOENT')
  }
  expect(openFilesLimit(missing)).toBe(1024)
  expect(openFilesLimit()).toBeGreaterThan(0)
})
