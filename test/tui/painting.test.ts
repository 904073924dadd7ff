import * as fc from 'fast-check'
import {describe, expect, test} from 'vitest'
import type {Block} from '../../src/tui/layout/line.ts'
import {line, span} from '../../src/tui/layout/line.ts'
import {type CellRow, cellsOf} from '../../src/tui/paint/cells.ts'
import {createPainter} from '../../src/tui/paint/painter.ts'
import {frame} from '../../src/tui/screens/frame.ts'
import {reduce} from '../../src/tui/state/reduce.ts'
import type {UiState} from '../../src/tui/state/ui.ts'
import {createEmulator} from './emulator.ts'
import {opened, press, worldOf} from './keys.ts'
import {NOW} from './shop-events.ts'
import {emptySnapshot, service, shop} from './shop.ts'

const THEME = {colour: true, ascii: false}
const cells = (block: Block, columns: number): readonly CellRow[] => block.map(each => cellsOf(each, columns, THEME))

/** A painter with what it has made of one frame after the other. */
function painting() {
  const painter = createPainter(() => THEME)
  return {
    painter,
    paint: (state: UiState): string => painter.paint(frame(state), state.columns),
  }
}

const many = worldOf({
  ...shop,
  services: Array.from({length: 200}, (_, index) => service(`service-${index}`, {latencyMs: (index * 37) % 211})),
})

const KEYS = '1 2 3 4 5 6 7 8 0 r ? esc enter tab / : - l j j j k down down up pgdn pgup home end G space a q'.split(
  ' ',
)
const SIZES = [
  [80, 24],
  [120, 40],
  [200, 60],
  [60, 15],
  [33, 9],
  [1, 1],
] as const

const WORLDS = [
  worldOf(),
  many,
  worldOf(emptySnapshot),
  worldOf({
    ...shop,
    services: ['日本語のサービス', 'e\u0301\u0300 web', '👩‍🚀🇩🇪👍🏽', 'שלום', '', 'x'.repeat(300)].map(name =>
      service(name, {state: 'degraded', reason: `${name} 한국 ☂`}),
    ),
  }),
]

describe('what stands on the terminal after any number of changes is exactly the frame', () => {
  const change = fc.oneof(
    {weight: 8, arbitrary: fc.constantFrom(...KEYS).map(key => ({key}))},
    {weight: 3, arbitrary: fc.constantFrom(...WORLDS).map(world => ({world}))},
    {weight: 1, arbitrary: fc.constantFrom(...SIZES).map(size => ({size}))},
  )

  test('whatever is pressed, changes, or is resized', async () => {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...SIZES), fc.array(change, {maxLength: 30}), async ([columns, rows], steps) => {
        const {paint} = painting()
        const emulator = createEmulator(columns, rows)
        let state = opened({columns, rows})
        let now = NOW
        await emulator.write(paint(state))
        for (const step of steps) {
          now += 1000
          if ('key' in step) state = press(state, step.key).state
          if ('world' in step) state = reduce(state, {type: 'world', world: step.world, now, at: now}).state
          if ('size' in step) {
            const [nextColumns, nextRows] = step.size
            emulator.resize(nextColumns, nextRows)
            state = reduce(state, {type: 'resize', columns: nextColumns, rows: nextRows}).state
          }
          await emulator.write(paint(state))
          expect(emulator.differences(cells(frame(state), state.columns)), JSON.stringify(step)).toEqual([])
        }
      }),
      {numRuns: 60},
    )
  }, 60_000)

  const anyLine = fc
    .array(
      fc.record({
        text: fc.oneof(
          fc.constantFrom('日本語', '한국', 'e\u0301a', '👍', '☂️', ' ', '    ', '━━━', 'ab', 'שלום', 'क्षि'),
          fc.string({maxLength: 8}),
        ),
        tone: fc.constantFrom('plain', 'dim', 'bad bold', 'selected', 'field', 'ok', 'selected bad' as const),
      }),
      {maxLength: 6},
    )
    .map(parts => parts.map(part => span(part.text, part.tone as 'plain')))

  test('whatever is written, in any look, wide, marked or joined', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(anyLine, {minLength: 5, maxLength: 5}), {maxLength: 6}), async blocks => {
        const painter = createPainter(() => THEME)
        const emulator = createEmulator(24, 5)
        for (const block of blocks) {
          await emulator.write(painter.paint(block, 24))
          expect(emulator.differences(cells(block, 24))).toEqual([])
        }
      }),
      {numRuns: 300},
    )
  }, 60_000)

  test('a character of three cells, of which the last two were another one', async () => {
    const painter = createPainter(() => THEME)
    const emulator = createEmulator(24, 1)
    const before = [span('e\u0301a', 'plain'), span('한국', 'selected bad')]
    const after = [span('e\u0301ae\u0301a', 'plain'), span('क्षि', 'selected bad'), span('    日本語', 'plain')]
    for (const row of [before, after]) {
      await emulator.write(painter.paint([row], 24))
      expect(emulator.differences(cells([row], 24))).toEqual([])
    }
  })
})

describe('bytes', () => {
  const rows = (count: number, from = 0): Block =>
    Array.from({length: count}, (_, y) =>
      line(`${(from + y) * 7919} ${((from + y) * 104_729).toString(36)} `.repeat(9).slice(0, 80)),
    )

  test('a frame that looks the same writes nothing, whatever it is made of', () => {
    const {paint} = painting()
    const state = opened()
    paint(state)
    expect(paint(state)).toBe('')
    expect(paint({...state, world: {...state.world}})).toBe('')
    expect(createPaint([line('ab', 'ok')], [[span('a', 'ok'), span('b', 'ok')]])).toBe('')
  })

  test.each([
    ['plain', [line('12 ms')], [line('13 ms')]],
    ['coloured', [line('● up', 'bad bold')], [line('▲ up', 'bad bold')]],
    ['another look', [line('up', 'bad bold')], [[span('u', 'selected unknown'), span('p', 'bad bold')]]],
    ['wide', [line('日本')], [line('日木')]],
  ])('one changed cell costs at most 40: %s', (_, before, after) => {
    const bytes = Buffer.byteLength(createPaint(before, after))
    expect(bytes).toBeGreaterThan(0)
    expect(bytes).toBeLessThanOrEqual(40)
  })

  test('the second of an idle console costs the clock and the ages, not its lines', () => {
    const {paint} = painting()
    const state = opened()
    paint(state)
    const later = reduce(state, {type: 'world', world: state.world, now: NOW + 1000, at: 2000}).state
    expect(Buffer.byteLength(paint(later))).toBeLessThanOrEqual(160)
  })

  test('rows that move by one cost at most twice the new row', () => {
    const bytes = Buffer.byteLength(createPaint(rows(30), rows(30, 1)))
    expect(bytes).toBeLessThanOrEqual(160)
    expect(Buffer.byteLength(createPaint(rows(30, 1), rows(30)))).toBeLessThanOrEqual(160)
  })

  test('rows scroll inside of a frame that stands still', () => {
    const framed = (from: number): Block => [line('═'.repeat(80)), ...rows(20, from), line('═'.repeat(80))]
    const bytes = createPaint(framed(0), framed(3))
    expect(bytes).toContain('\x1b[2;21r')
    expect(Buffer.byteLength(bytes)).toBeLessThanOrEqual(2 * 3 * 80)
  })

  test.each([
    ['one row down', '1', 'down', 1850],
    ['a letter in a filter', '/', 'x', 1200],
    ['the next pane', '0', 'tab', 1100],
  ])('a key costs what it changes: %s', (_, first, key, bound) => {
    const {paint} = painting()
    const state = press(opened(), first).state
    paint(state)
    const bytes = Buffer.byteLength(paint(press(state, key).state))
    expect(bytes).toBeGreaterThan(0)
    expect(bytes).toBeLessThanOrEqual(bound)
  })

  test('a resize costs one whole frame, at most two bytes a cell', () => {
    const {paint} = painting()
    const state = opened()
    paint(state)
    const bytes = Buffer.byteLength(paint({...state, columns: 119, rows: 39}))
    expect(bytes).toBeLessThanOrEqual(119 * 39 * 2.5)
  })

  test('only a frame that is larger than a packet is held back until it is whole', () => {
    const {paint} = painting()
    const state = opened()
    expect(paint(state)).toMatch(/^\x1b\[\?2026h[^]*\x1b\[\?2026l$/)
    expect(paint(press(state, 'tab').state)).not.toContain('\x1b[?2026')
  })
})

/** The bytes that make the second of two pictures from the first. */
function createPaint(before: Block, after: Block): string {
  const painter = createPainter(() => THEME)
  painter.paint(before, 80)
  return painter.paint(after, 80)
}
