import {describe, expect, test} from 'vitest'
import {opened} from '../../../test/tui/keys.ts'
import {ALL_PANES, paneKeys} from '../panes/registry.ts'
import type {Screen} from '../state/ui.ts'
import {frame} from './frame.ts'

const help = (columns: number, rows: number, below: Screen = {kind: 'overview'}): readonly string[] =>
  frame({...opened({screens: [below, {kind: 'help', scroll: 0}]}), columns, rows}).map(each =>
    each.map(({text}) => text).join(''),
  )

describe('the help', () => {
  test.each<[number, number, Screen]>([
    [120, 40, {kind: 'overview'}],
    [200, 60, {kind: 'list', noun: 'alerts'}],
    [250, 70, {kind: 'list', noun: 'alerts'}],
  ])('at %i×%i shows all of it', (columns, rows, below) => {
    const text = help(columns, rows, below).join('\n')
    expect(text).toContain('On this screen')
    expect(text).toContain('Leaving a screen or the console never stops a run.')
    expect(text).not.toMatch(/\d–\d+ of \d+/)
  })

  test.each([
    [60, 60],
    [80, 60],
    [120, 40],
  ])('at %i×%i no sentence is cut, and each pane has its keys', (columns, rows) => {
    const text = help(columns, rows).join('\n')
    expect(text).not.toContain('…')
    for (const {noun, title} of ALL_PANES)
      expect(text.replaceAll('Space', 'space')).toMatch(
        new RegExp(` ${paneKeys(noun).join(' ')} +${title.toLowerCase()}`),
      )
  })

  test('at 80×24 that of the overview is less than three screens long', () => {
    const shown = /1–(\d+) of (\d+)/.exec(help(80, 24).join('\n'))
    expect(Number(shown?.[2])).toBeLessThan(3 * Number(shown?.[1]))
  })

  test('where it scrolls, what holds on this screen comes first, as many lines as it has', () => {
    const first = help(120, 40, {kind: 'list', noun: 'alerts'})
    for (const words of ['Acknowledge the marked alerts', 'Show everything known', 'load balancer'])
      expect(first.join('\n')).toContain(words)
  })
})
