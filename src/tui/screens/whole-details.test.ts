import {describe, expect, test} from 'vitest'
import {opened, worldOf} from '../../../test/tui/keys.ts'
import {NOW, runRow} from '../../../test/tui/shop-events.ts'
import {shop} from '../../../test/tui/shop.ts'
import type {Noun} from '../panes/registry.ts'
import type {World} from '../state/world.ts'
import {frame} from './frame.ts'

const list = (noun: Noun, columns: number, rows: number, world: World = worldOf()): readonly string[] =>
  frame({...opened({screens: [{kind: 'overview'}, {kind: 'list', noun}]}, world), columns, rows}).map(each =>
    each.map(({text}) => text).join(''),
  )
/** Lines of a pane in which nothing stands. */
const empty = (lines: readonly string[]): number => lines.filter(each => /^│ +│$/.test(each)).length

describe('details fill the room that they have', () => {
  const values = Array.from({length: 60}, (_, at) => 3 + (at % 5))
  const read = (noun: 'services' | 'databases', name: string): World => ({
    ...worldOf(),
    series: {noun, name, range: '5m', values, at: NOW, stepMs: 5000},
  })
  test.each<[Noun, World]>([
    ['services', read('services', 'checkout')],
    ['caches', worldOf()],
    ['databases', read('databases', 'shop')],
  ])('at 120×40 the charts of %s reach down to the frame', (noun, world) => {
    expect(empty(list(noun, 120, 40, world))).toBeLessThanOrEqual(4)
  })

  test.each([
    [200, 60],
    [250, 70],
  ])('at %i×%i few services have the whole width, so no reason is cut', (columns, rows) => {
    const lines = list('services', columns, rows)
    const table = lines.slice(
      0,
      lines.findIndex(each => each.startsWith('╰')),
    )
    expect(table.join('\n')).toContain('connect ECONNREFUSED 10.0.3.7:8080')
    expect(table.join('\n')).not.toContain('…')
  })

  test('a run stands beside the others of its runbook: what is usual', () => {
    const runs = ['r3', 'r2', 'r1'].map((id, index) => runRow(id, {runbook: 'deploy', reason: `release ${index}`}))
    const text = list('runs', 120, 40, worldOf({...shop, runs})).join('\n')
    expect(text).toContain('Runs  of deploy')
    expect(text.match(/release \d/g)?.length).toBeGreaterThanOrEqual(6)
    const alone = list('runs', 120, 40, worldOf({...shop, runs: runs.slice(0, 1)})).join('\n')
    expect(alone).not.toContain('of deploy')
  })
})
