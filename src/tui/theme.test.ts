import {expect, test} from 'vitest'
import {span} from './layout/line.ts'
import {paint, themeFrom} from './theme.ts'

const line = [span('╭─ '), span('日本', 'bold'), span(' ● up', 'ok'), span(' ✘ down', 'bad bold'), span(' … ↵', 'dim')]

test('without colour, weight stays and no colour code is written', () => {
  const painted = paint(line, {colour: false, ascii: false})
  expect(painted).toContain('\x1b[1m')
  expect(painted).not.toMatch(/\x1b\[3\dm/)
})

test('in ASCII every cell is one ASCII character', () => {
  const painted = paint(line, {colour: false, ascii: true})
  expect(painted.replaceAll(/\x1b\[\d+m/g, '')).toBe('+- ???? * up X down ~ <')
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
