import * as fc from 'fast-check'
import {afterEach, beforeEach, expect, test, vi} from 'vitest'
import {shop} from '../../../test/tui/shop.ts'
import {opened, press, worldOf} from '../../../test/tui/keys.ts'
import {NOW} from '../../../test/tui/shop-events.ts'
import {createEmulator} from '../../../test/tui/emulator.ts'
import {frame} from '../screens/frame.ts'
import {reduce} from '../state/reduce.ts'
import type {UiState} from '../state/ui.ts'
import {cellsOf} from './cells.ts'
import {ASK, createReceipts, PIECE, WINDOW} from './receipts.ts'
import {createScreen} from './screen.ts'

/** What a link carries, bytes a ms, and how long each way takes, ms. */
const [PACE, WAY] = [1.024, 300]
const THEME = {colour: true, ascii: false}

beforeEach(() => vi.useFakeTimers({now: NOW}))
afterEach(() => vi.useRealTimers())

/** A console at the end of a link: what is written lies in it, whoever buffers it, until the terminal has it. */
function overLink({columns = 120, rows = 40, slow = true, answers = true} = {}) {
  const emulator = createEmulator(columns, rows)
  let state: UiState = opened({columns, rows})
  let [inPipe, most, written] = [0, 0, 0]
  let freeAt = 0
  const stdout = {
    columns,
    rows,
    writableNeedDrain: false,
    write(bytes: string) {
      const length = Buffer.byteLength(bytes)
      written += length
      inPipe += length
      most = Math.max(most, inPipe)
      freeAt = Math.max(Date.now(), freeAt) + length / PACE
      setTimeout(
        () => {
          inPipe -= length
          void emulator.write(bytes)
          for (const _ of answers ? bytes.matchAll(/\x1b\[5n/g) : []) setTimeout(() => receipts.arrived(), WAY)
        },
        freeAt - Date.now() + WAY,
      )
      return true
    },
  } as unknown as NodeJS.WriteStream
  const receipts = createReceipts({slow, asks: true, ready: () => screen.changed()})
  const screen = createScreen({
    stdout,
    theme: () => THEME,
    receipts,
    picture: () => ({frame: frame(state), columns, rows}),
  })
  const become = (next: UiState): void => {
    state = next
    screen.changed()
  }
  return {
    screen,
    receipts,
    press: (...keys: string[]) => become(press(state, ...keys).state),
    tick: () => {
      const now = state.now + 1000
      become(reduce(state, {type: 'world', world: worldOf({...shop, at: now}), now, at: now - NOW}).state)
    },
    inPipe: () => inPipe,
    most: () => most,
    written: () => written,
    /** What differs on the terminal from what should stand there. */
    differences: async () => {
      // Its clock is the same, and it takes what it is given a little later.
      const taken = emulator.write('')
      await vi.advanceTimersByTimeAsync(1)
      await taken
      return emulator.differences(frame(state).map(line => cellsOf(line, columns, THEME)))
    },
  }
}

/** One row may come on top of what is allowed. */
const ROW = 600

test('a whole screen arrives in pieces, and the link is hardly ever idle meanwhile', async () => {
  const console = overLink()
  console.screen.enter()
  const began = Date.now()
  for (let left = 60; left > 0 && (await console.differences()).length > 0; left -= 1)
    await vi.advanceTimersByTimeAsync(250)
  expect(await console.differences()).toEqual([])
  expect(console.most()).toBeLessThanOrEqual(WINDOW + ROW)
  const least = console.written() / PACE + WAY
  expect(Date.now() - began).toBeLessThan(1.2 * least + 250)
  console.screen.leave()
})

test('a key that is held leaves no queue: a second and a half after the last one the newest picture stands there', async () => {
  const console = overLink()
  console.screen.enter()
  await vi.advanceTimersByTimeAsync(20_000)
  for (let pressed = 0; pressed < 300; pressed += 1) {
    console.press(...(['down', 'up', '1', 'esc', '2', 'esc'][pressed % 6] ?? 'down').split(' '))
    await vi.advanceTimersByTimeAsync(33)
    expect(console.inPipe()).toBeLessThanOrEqual(WINDOW + ROW)
  }
  await vi.advanceTimersByTimeAsync((WINDOW + ROW) / PACE + 8000 / PACE)
  expect(await console.differences()).toEqual([])
  console.screen.leave()
})

test('nothing is added to what lies in the link while nobody types', async () => {
  const console = overLink()
  console.screen.enter()
  await vi.advanceTimersByTimeAsync(20_000)
  const lying: number[] = []
  for (let second = 0; second < 120; second += 1) {
    console.tick()
    await vi.advanceTimersByTimeAsync(999)
    lying.push(console.inPipe())
    await vi.advanceTimersByTimeAsync(1)
  }
  expect(Math.max(...lying)).toBeLessThanOrEqual(PIECE)
  expect(lying.slice(60).reduce((sum, each) => sum + each)).toBeLessThanOrEqual(
    lying.slice(0, 60).reduce((sum, each) => sum + each) + PIECE,
  )
  console.screen.leave()
})

test('a terminal that never answers is asked no more, and the clock stands for it', async () => {
  const console = overLink({answers: false})
  console.screen.enter()
  await vi.advanceTimersByTimeAsync(40_000)
  expect(await console.differences()).toEqual([])
  for (let pressed = 0; pressed < 100; pressed += 1) {
    console.press(pressed % 2 === 0 ? '1' : 'esc')
    await vi.advanceTimersByTimeAsync(100)
    expect(console.inPipe()).toBeLessThanOrEqual(WINDOW + ROW + WAY * PACE)
  }
  expect(console.receipts.isSettled()).toBe(true)
  console.screen.leave()
})

test('a link is slow when an answer comes late, and is not any more when three come at once', () => {
  const receipts = createReceipts({slow: false, asks: true, ready: () => undefined})
  const after = (ms: number): boolean => {
    receipts.sent(1000)
    vi.advanceTimersByTime(ms)
    receipts.arrived()
    return receipts.isSlow()
  }
  expect(receipts.sent(999)).toBe('')
  expect(receipts.sent(1)).toBe(ASK)
  // One question at a time, and pictures come whole.
  expect(receipts.sent(5000)).toBe('')
  expect(receipts.room()).toBe(Number.POSITIVE_INFINITY)
  receipts.arrived()
  expect([300, 401, 50, 50, 300, 50, 50, 50].map(after)).toEqual([false, true, true, true, true, true, true, false])
})

test('what nobody said is slow is found to be: the queue of the first keys is the last one', async () => {
  const console = overLink({slow: false})
  console.screen.enter()
  await vi.advanceTimersByTimeAsync(20_000)
  expect(console.receipts.isSlow()).toBe(true)
  expect(await console.differences()).toEqual([])
  for (let pressed = 0; pressed < 200; pressed += 1) {
    console.press(pressed % 2 === 0 ? '1' : '0')
    await vi.advanceTimersByTimeAsync(33)
    expect(console.inPipe()).toBeLessThanOrEqual(WINDOW + ROW)
  }
  console.screen.leave()
})

test('a link that is found to be slow behind a large picture is written to again', () => {
  const receipts = createReceipts({slow: false, asks: true, ready: () => undefined})
  expect(receipts.sent(1500)).toBe(ASK)
  // The rest of the picture, behind no question of its own.
  expect(receipts.sent(6000)).toBe('')
  vi.advanceTimersByTime(900)
  receipts.arrived()
  expect(receipts.isSlow()).toBe(true)
  expect(receipts.room()).toBeGreaterThan(0)
  expect(receipts.sent(receipts.room())).toBe(ASK)
  expect(receipts.room()).toBe(0)
})

test('whatever was written and answered before, there is room again within a minute at the latest', () => {
  const step = fc.oneof(
    fc.record({sent: fc.integer({min: 1, max: 9000})}),
    fc.record({wait: fc.integer({min: 1, max: 5000})}),
    fc.constant({arrived: true}),
  )
  fc.assert(
    fc.property(fc.boolean(), fc.boolean(), fc.array(step, {maxLength: 40}), (slow, asks, steps) => {
      const receipts = createReceipts({slow, asks, ready: () => undefined})
      for (const each of steps) {
        if ('sent' in each && receipts.room() > 0) receipts.sent(Math.min(each.sent, receipts.room()))
        if ('wait' in each) vi.advanceTimersByTime(each.wait)
        if ('arrived' in each) receipts.arrived()
      }
      vi.advanceTimersByTime(60_000)
      expect(receipts.room()).toBeGreaterThan(0)
    }),
  )
})
