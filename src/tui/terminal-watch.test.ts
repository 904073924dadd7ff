import {expect, test} from 'vitest'
import {terminalSize} from './terminal-watch.ts'

test.each([
  ['what the terminal says', {columns: 132, rows: 43}, {}, {columns: 132, rows: 43}],
  [
    'what the environment says where it says nothing',
    {columns: 0, rows: 0},
    {COLUMNS: '100', LINES: '30'},
    {columns: 100, rows: 30},
  ],
  ['80×24 where nobody says anything that is a size', {}, {COLUMNS: '-1', LINES: '1e9'}, {columns: 80, rows: 24}],
  ['the smallest there is', {columns: 1, rows: 1}, {}, {columns: 1, rows: 1}],
  ['no more than a screen can be, whatever is said', {columns: 65_535, rows: 65_535}, {}, {columns: 1000, rows: 400}],
  ['the same of the environment', {}, {COLUMNS: '9999', LINES: '9999'}, {columns: 1000, rows: 400}],
])('the size is %s', (_, stdout, env, size) => {
  expect(terminalSize(stdout, env)).toEqual(size)
})
