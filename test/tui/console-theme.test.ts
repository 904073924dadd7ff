import {afterEach, expect, test} from 'vitest'
import type {Driver} from './console-driver.ts'
import {openConsole} from './console-driver.ts'

let open: Driver | undefined
afterEach(async () => {
  await open?.stop()
  open = undefined
})

/** The colours of the whole screen, as numbers. */
function colours({terminal}: Driver): ReadonlySet<number> {
  const found = new Set<number>()
  for (let y = 0; y < terminal.rows; y++)
    for (let x = 0; x < terminal.cols; x++) {
      const cell = terminal.buffer.active.getLine(y)?.getCell(x)
      if (cell && !cell.isFgDefault()) found.add(cell.getFgColor())
    }
  return found
}

test('a light background gets colours that can be read on it, as soon as the terminal says so', async () => {
  const driver = (open = openConsole({background: '\x1b]11;rgb:ffff/ffff/ffff\x1b\\\x1b[?2031;1$y'}))
  await driver.see('PRODUCTION')
  // Blue for cyan, and dark orange for yellow.
  const sorted = (): readonly number[] => [...colours(driver)].toSorted((a, b) => a - b)
  await expect.poll(sorted, {timeout: 60_000}).toEqual([1, 4, 5, 130])
  await driver.until('the wish to be told of changes', () => driver.written().includes('\x1b[?2031h'))
  await driver.press('\x1b[?997;1n')
  await driver.until('dark again', () => colours(driver).has(6))
  await driver.press('q')
  await driver.ended
  expect(driver.written()).toContain('\x1b[?2031l')
})

test('replies are no keys: nothing is filtered, opened or left', async () => {
  const driver = (open = openConsole({background: '\x1b]11;rgb:0000/0000/0000\x07'}))
  await driver.see('PRODUCTION')
  await driver.press('\x1b]11;rgb:0000/0000/0000\x07')
  await driver.press('\x1b[?62;22c')
  await driver.press('1')
  await driver.see('╭─ Services')
  expect(driver.screen().split('\n').at(-1)).toMatch(/open.*help.*quit/)
})
