import {readFileSync} from 'node:fs'
import {expect, test} from 'vitest'
import {opened, press, worldOf} from '../../../test/tui/keys.ts'
import {NOW} from '../../../test/tui/shop-events.ts'
import {service, shop} from '../../../test/tui/shop.ts'
import {frame} from '../screens/frame.ts'
import {reduce} from '../state/reduce.ts'
import type {UiState} from '../state/ui.ts'
import {createPainter} from './painter.ts'

const later = (state: UiState, ms: number, snapshot = shop): UiState =>
  reduce(state, {type: 'world', world: worldOf({...snapshot, at: NOW + ms}), now: NOW + ms, at: ms}).state
const probed = {
  ...shop,
  services: shop.services.map((row, index) => service(row.name, {...row, at: NOW + 1800, latencyMs: 20 + index})),
}

type Seen = 'whole' | 'screen' | 'scrolled' | 'key' | 'probes' | 'clock'

/** Bytes of what a person sees happen, on a terminal of this size. */
function bytesAt(columns: number, rows: number, ascii = false): Readonly<Record<Seen, number>> {
  const painter = createPainter({colour: true, ascii})
  let state = opened({columns, rows})
  const paint = (next: UiState): number => {
    state = next
    return Buffer.byteLength(painter.paint(frame(state), columns))
  }
  return {
    whole: paint(state),
    clock: paint(later(state, 1000)),
    probes: paint(later(state, 2000, probed)),
    key: paint(press(state, 'down').state),
    screen: paint(press(state, '1').state),
    scrolled: paint(press(state, 'down').state),
  }
}

/** The rows of the table in docs/keys.md: at most so many bytes, in the order of its columns. */
const said = readFileSync('docs/keys.md', 'utf8')
  .matchAll(/^\| (\d+)×(\d+)(, `--ascii`)? \|(.*)\|$/gm)
  .map(([, columns, rows, ascii, most = '']) => ({
    columns: Number(columns),
    rows: Number(rows),
    ascii: ascii !== undefined,
    most: most.split('|').map(each => Number(each.replaceAll(',', ''))),
  }))
  .toArray()

test.each(said)('$columns×$rows, ASCII $ascii: no frame takes more bytes than is said', each => {
  const {whole, screen, scrolled, key, probes, clock} = bytesAt(each.columns, each.rows, each.ascii)
  for (const [at, bytes] of [whole, screen, scrolled, key, probes, clock].entries())
    expect(bytes, String(at)).toBeLessThanOrEqual(each.most[at] ?? 0)
})

test('four terminals are told of', () => expect(said).toHaveLength(4))
