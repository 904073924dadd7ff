import {describe, expect, test} from 'vitest'
import {createEmulator} from '../../../test/tui/emulator.ts'
import {deployPlan, RUN} from '../../../test/tui/fake-port.ts'
import {opened, worldOf} from '../../../test/tui/keys.ts'
import {runAfter, runOf} from '../../../test/tui/running.ts'
import {runbooks} from '../../../test/tui/shop-events.ts'
import {NOUNS} from '../panes/registry.ts'
import {frame} from '../screens/frame.ts'
import {runScreen} from '../state/navigate.ts'
import {nothingTyped} from '../state/typing.ts'
import type {Screen} from '../state/ui.ts'
import {type Theme, tonesOf} from '../theme.ts'
import {type Background, paletteOf, THEME_NAMES} from '../themes.ts'
import {cellsOf} from './cells.ts'
import {createPainter} from './painter.ts'

const SIZES = [
  [60, 15],
  [80, 24],
  [120, 40],
  [200, 60],
  [250, 70],
] as const

const screens: readonly Screen[] = [
  {kind: 'overview'},
  ...NOUNS.map((noun): Screen => ({kind: 'list', noun})),
  {kind: 'details', noun: 'services', id: 'checkout', scroll: 0},
  {kind: 'runbooks', query: nothingTyped, index: 0},
  {kind: 'params', runbook: runbooks[0] as (typeof runbooks)[number], values: {}, field: 0, cursor: 0, error: ''},
  {kind: 'plan', plan: deployPlan(), params: {}, index: 5},
  runScreen(RUN),
  {kind: 'help', scroll: 0},
]
const world = {...worldOf(), run: runOf(undefined, runAfter())}

const themed = (name: string, background: Background, many: boolean): Theme => ({
  colour: true,
  ascii: false,
  tones: tonesOf(paletteOf(name, background, many)),
})

const looks: readonly {readonly name: string; readonly theme: Theme; readonly never: RegExp}[] = [
  ...(['dark', 'light'] as const).flatMap(background =>
    THEME_NAMES.flatMap(name => [
      {name: `${name} on ${background}`, theme: themed(name, background, true), never: /\x1b\[[\d;]*48;/},
      // Sixteen are the terminal's own: 30 to 37 and 90 to 97.
      {name: `${name} on ${background}, 16 colours`, theme: themed(name, background, false), never: /38;5|[34]8;2/},
    ]),
  ),
  {name: 'NO_COLOR', theme: {colour: false, ascii: false}, never: /\x1b\[(?:\d+;)*(?:[349]|10)\d(?:;\d+)*m/},
  // oxlint-disable-next-line no-control-regex
  {name: 'ASCII', theme: {colour: true, ascii: true}, never: /[^\x00-\x7f]/},
]

describe.each(SIZES)('at %i×%i', (columns, rows) => {
  // The colours of a theme are the same at every size.
  const own = columns === 120 ? looks : looks.filter(({name}) => /^(terminal|NO_COLOR|ASCII)/.test(name))
  test.each(own)('every screen is on the terminal as it is meant: $name', async ({theme, never}) => {
    const emulator = createEmulator(columns, rows)
    const painter = createPainter(theme)
    for (const screen of screens) {
      const state = opened({columns, rows, screens: [{kind: 'overview'}, screen]}, world)
      const block = frame(state)
      const bytes = painter.paint(block, columns)
      expect(bytes).not.toMatch(never)
      await emulator.write(bytes)
      expect(emulator.differences(block.map(each => cellsOf(each, columns, theme))), screen.kind).toEqual([])
    }
  })
})
