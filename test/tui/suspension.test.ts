import {expect, test} from 'vitest'
import {openConsole} from './console-driver.ts'

const ENTER = '\x1b[?1049h'

test('continued while the reader of keys is still being loaded, it takes the terminal again all the same', async () => {
  let first = true
  const driver = openConsole({
    // A terminal that is asked nothing: no reply is waited for.
    env: {TERM: 'linux', LANG: 'C.UTF-8'},
    wrote: bytes => {
      if (first && bytes.includes(ENTER)) queueMicrotask(() => process.emit('SIGCONT'))
      first = false
    },
  })
  try {
    await driver.until('the screen to be taken twice', () => driver.written().split(ENTER).length === 3)
    await driver.see('PRODUCTION')
    await driver.press('?')
    await driver.see('Help')
  } finally {
    await driver.stop()
  }
  expect(await driver.ended).toMatchObject({ending: 'quit'})
})

test('a terminal of 65535×65535 shows a screen, and keys are answered', async () => {
  const driver = openConsole({columns: 200, rows: 60})
  await driver.see('PRODUCTION')
  // The emulator keeps its own size: what is painted is counted, not looked at.
  const before = driver.written().length
  driver.saySize(65_535, 65_535)
  await driver.until('the screen to be painted anew', () => driver.written().length > before + 1000)
  await driver.press('q')
  expect(await driver.ended).toMatchObject({ending: 'quit'})
})
