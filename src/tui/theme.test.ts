import {expect, test} from 'vitest'
import {span} from './layout/line.ts'
import {cellsOf} from './paint/cells.ts'
import {BOLD, withoutColour} from './paint/look.ts'
import {globalFlags} from '../commands/global-flags.ts'
import {switchLook} from './paint/look.ts'
import {themeFrom, tonesOf} from './theme.ts'
import {backgroundFrom, hasManyColours, paletteOf, THEME_NAMES, THEMES} from './themes.ts'

const line = [span('╭─ '), span('日本', 'bold'), span(' ● up', 'ok'), span(' ✘ down', 'bad bold'), span(' … ↵', 'dim')]

test('without colour, weight stays and no colour is written', () => {
  const {looks} = cellsOf(line, 40, {colour: false, ascii: false})
  expect(looks).toContain(BOLD)
  expect(looks.map(withoutColour)).toEqual(looks)
})

test('in ASCII every cell is one ASCII character', () => {
  const {texts} = cellsOf(line, 23, {colour: false, ascii: true})
  expect(texts.join('')).toBe('+- ???? * up X down ~ <')
})

test.each([
  [{}, {colour: true, ascii: false}],
  [
    {NO_COLOR: '1', LANG: 'C.UTF-8'},
    {colour: false, ascii: false},
  ],
  [{TERM: 'dumb'}, {colour: false, ascii: false}],
  [{LANG: 'C'}, {colour: true, ascii: true}],
  [
    {LANG: 'C', LC_ALL: 'en_GB.utf8'},
    {colour: true, ascii: false},
  ],
])('the environment %j asks for %j', (env, theme) => {
  expect(themeFrom(env)).toEqual(theme)
})

test('--theme offers every theme, and each has colours for both backgrounds that differ from each other', () => {
  expect(globalFlags.theme.completes).toEqual(THEME_NAMES)
  for (const {dark, light} of Object.values(THEMES))
    for (const palette of [dark, light]) {
      const colours = Object.values(palette)
      for (const depth of [0, 1] as const) expect(new Set(colours.map(each => each[depth])).size).toBe(colours.length)
      for (const [of256, of16] of colours) expect(of16 <= 15 && of16 > 0 && of256 > 0 && of256 <= 255).toBe(true)
    }
})

test('where there are 16 colours only they are written, else those of the 256', () => {
  const warn = (many: boolean): string => switchLook(0, tonesOf(paletteOf('calm', 'dark', many)).warn)
  expect(warn(false)).toBe('\x1b[33m')
  expect(warn(true)).toBe('\x1b[38;5;179m')
  expect(switchLook(0, tonesOf(paletteOf('contrast', 'dark', false)).warn)).toBe('\x1b[93m')
  expect([hasManyColours({TERM: 'linux'}), hasManyColours({TERM: 'xterm-256color'})]).toEqual([false, true])
})

test.each([
  ['15;0', 'dark'],
  ['0;15', 'light'],
  ['0;default;15', 'light'],
  ['', 'dark'],
])('COLORFGBG %j is a %s background', (COLORFGBG, background) => {
  expect(backgroundFrom({COLORFGBG})).toBe(background)
})
