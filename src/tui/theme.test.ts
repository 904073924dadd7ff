import {expect, test} from 'vitest'
import {span} from './layout/line.ts'
import {cellsOf} from './paint/cells.ts'
import {BOLD, withoutColour} from './paint/look.ts'
import {themeFrom} from './theme.ts'

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
