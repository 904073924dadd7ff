import {PassThrough} from 'node:stream'
import {expect, test} from 'vitest'
import {line} from '../layout/line.ts'
import {createScreen} from './screen.ts'

/** A terminal at the end of a slow link: it takes a frame, and then nothing for a while. */
function slowTerminal() {
  const stdout = new PassThrough({highWaterMark: 1}) as unknown as NodeJS.WriteStream & PassThrough
  return {stdout, read: () => String(stdout.read() ?? '')}
}

test('a slow terminal gets the newest picture when it has taken the last one, and is waited for once', async () => {
  const {stdout, read} = slowTerminal()
  let words = 'first'
  const picture = () => ({frame: [line(words)], columns: 20, rows: 1})
  const screen = createScreen({stdout, theme: () => ({colour: false, ascii: false}), picture})
  screen.enter()
  for (let change = 1; change <= 50; change += 1) {
    words = `change ${change}`
    screen.changed()
    await Promise.resolve()
  }
  expect(stdout.listenerCount('drain')).toBe(1)
  expect(read()).toContain('first')
  await expect.poll(read).toMatch(/change 50|50/)
  expect(stdout.listenerCount('drain')).toBeLessThanOrEqual(1)
  screen.leave()
})
