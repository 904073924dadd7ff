import {readdirSync} from 'node:fs'
import {setFlagsFromString} from 'node:v8'
import {runInNewContext} from 'node:vm'
import {expect, test} from 'vitest'
import type {Snapshot} from '../../src/overview/snapshot.ts'
import {type CellRow, cellsOf} from '../../src/tui/paint/cells.ts'
import {createPainter} from '../../src/tui/paint/painter.ts'
import {frame} from '../../src/tui/screens/frame.ts'
import {reduce} from '../../src/tui/state/reduce.ts'
import type {UiState} from '../../src/tui/state/ui.ts'
import {countOf} from '../reliability/sample.ts'
import {idealBytes} from './ideal-diff.ts'
import {opened, press, worldOf} from './keys.ts'
import {NOW} from './shop-events.ts'
import {service, shop} from './shop.ts'

const THEME = {colour: true, ascii: false}
/** A probe rhythm of two seconds. */
const UPDATE_MS = 2000
const SERVICES = 12

/** Latencies as they are: most stand still to the millisecond, some jump. */
const latency = (index: number, at: number): number => 8 + index * 3 + ((at * 7919 + index * 104_729) % 5)

/** What is known after so many updates: every service was probed, and now and then one is down. */
function worldAt(update: number): Snapshot {
  const now = NOW + update * UPDATE_MS
  return {
    ...shop,
    at: now,
    services: Array.from({length: SERVICES}, (_, index) =>
      service(`service-${index}`, {
        at: now - 300,
        latencyMs: latency(index, update),
        latencyHistory: Array.from({length: 60}, (__, back) => latency(index, update - 59 + back)),
        ...(update % 200 > 180 && index === 3 ? {state: 'down' as const, reason: 'connection refused'} : {}),
      }),
    ),
  }
}

const after = (state: UiState, update: number): UiState =>
  reduce(state, {
    type: 'world',
    world: worldOf(worldAt(update)),
    now: NOW + update * UPDATE_MS,
    at: update * UPDATE_MS,
  }).state

test('what is written for an hour of updates is at most 1.2 times the fewest bytes there could be', () => {
  const updates = countOf('U2')
  const large = opened({columns: 200, rows: 60})
  for (const start of [opened(), press(opened(), '1').state, large, press(large, '1').state]) {
    const painter = createPainter(THEME)
    let [state, ours, ideal] = [after(start, 0), 0, 0]
    let before: readonly CellRow[] = []
    for (let update = 0; update <= updates; update += 1) {
      state = after(state, update)
      const block = frame(state)
      const now = block.map(line => cellsOf(line, state.columns, THEME))
      const written = Buffer.byteLength(painter.paint(block, state.columns))
      if (update > 0) {
        ours += written
        ideal += idealBytes(before, now, state.columns)
      }
      before = now
    }
    expect(ours).toBeGreaterThan(1000)
    expect(ours / ideal).toBeLessThanOrEqual(1.2)
  }
}, 300_000)

test.each([
  [120, 40],
  [200, 60],
] as const)('keys at %i×%i are answered in at most 1.1 times the fewest bytes there could be', (columns, rows) => {
  const painter = createPainter(THEME)
  let [state, ours, ideal] = [after(opened({columns, rows}), 0), 0, 0]
  painter.paint(frame(state), columns)
  for (const key of ['down', 'down', 'up', 'tab', 'down', 'tab', 'up', '1', 'down', 'down', 'up', '0', 'down', 'up']) {
    const before = frame(state).map(line => cellsOf(line, columns, THEME))
    state = press(state, key).state
    const block = frame(state)
    ours += Buffer.byteLength(painter.paint(block, columns))
    ideal += idealBytes(
      before,
      block.map(line => cellsOf(line, columns, THEME)),
      columns,
    )
  }
  expect(ideal).toBeGreaterThan(1000)
  expect(ours / ideal).toBeLessThanOrEqual(1.1)
})

test('a minute in which nobody presses a key: nothing but the clock is written where nothing was probed', () => {
  const painter = createPainter(THEME)
  let state = after(opened(), 0)
  painter.paint(frame(state), state.columns)
  let [writes, bytes] = [0, 0]
  for (let second = 1; second <= 60; second += 1) {
    const at = second * 1000
    state = reduce(state, {type: 'world', world: state.world, now: NOW + at, at}).state
    const written = Buffer.byteLength(painter.paint(frame(state), state.columns))
    writes += written > 0 ? 1 : 0
    bytes += written
  }
  expect(writes).toBeLessThanOrEqual(60)
  // The clock, and ages as they come to their next second or minute.
  expect(bytes).toBeLessThan(60 * 60)
})

test('the updates of a day leave memory and handles as they are', () => {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  const heap = (): number => {
    collect()
    return process.memoryUsage().heapUsed / 1e6
  }
  const handles = (): number => process.getActiveResourcesInfo().length + readdirSync('/proc/self/fd').length
  const painter = createPainter(THEME)
  const updates = countOf('U1')
  let state = opened()
  const screens = ['1', '2', '3', '4', '5', '6', '7', '0', '?', 'esc']
  const until = (from: number, to: number): void => {
    for (let update = from; update < to; update += 1) {
      state = after(state, update)
      if (update % 50 === 0) state = press(state, screens[(update / 50) % screens.length] ?? '0').state
      painter.paint(frame(state), state.columns)
    }
  }
  // Caches are filled by then, and code is compiled.
  until(0, Math.floor(updates / 3))
  const [before, open] = [heap(), handles()]
  until(Math.floor(updates / 3), updates)
  expect(heap() - before).toBeLessThan(3)
  expect(handles()).toBeLessThanOrEqual(open)
  // All of a day takes minutes.
}, 600_000)
