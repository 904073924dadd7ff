import {expect, test} from 'vitest'
import {letters, opened, press, worldOf} from '../../../test/tui/keys.ts'
import {emptySnapshot, service, shop} from '../../../test/tui/shop.ts'
import {frame} from './frame.ts'

const text = (state: ReturnType<typeof opened>): string =>
  frame(state)
    .map(each => each.map(part => part.text).join(''))
    .join('\n')

test('a list without a row has one pane, not an empty second one', () => {
  for (const [columns, rows] of [
    [80, 24],
    [120, 40],
    [200, 60],
  ] as const) {
    const empty = opened(
      {columns, rows, screens: [{kind: 'overview'}, {kind: 'list', noun: 'backups'}]},
      worldOf(emptySnapshot),
    )
    expect(text(empty)).toContain('No backups are configured')
    expect(text(empty).match(/╭/g)).toHaveLength(1)
  }
})

test('a filter without a match is offered to be looked for fuzzily only where that would be one word', () => {
  const filtered = (words: string): string => text(press(opened(), '1', '/', ...letters(words), 'enter').state)
  expect(filtered('chkt')).toContain('No match for chkt. Esc clears the filter, ~chkt looks fuzzily.')
  expect(filtered('!web zz')).toContain('No match for !web zz. Esc clears the filter.')
  expect(filtered('~qqq')).toContain('No match for ~qqq. Esc clears the filter.')
})

test('what is in sight is said for the table as it is: wide shows more rows', () => {
  const services = Array.from({length: 16}, (_, at) => service(`service-${at}`))
  const list = press(opened({columns: 80, rows: 24}, worldOf({...shop, services})), '1').state
  expect(text(list)).toContain('1–6 of 16')
  const wide = press(list, 'w').state
  expect(text(wide)).toContain('service-15')
  expect(text(wide)).toContain('1/16')
  expect(text(wide)).not.toContain('1–6')
})
