import {describe, expect, test} from 'vitest'
import {opened, worldOf} from '../../../test/tui/keys.ts'
import {shop} from '../../../test/tui/shop.ts'
import type {World} from '../state/world.ts'
import {frame} from './frame.ts'

describe('the overview', () => {
  const titles = (world: World, columns: number, rows: number): readonly string[] =>
    frame({...opened({}, world), columns, rows})
      .flatMap(each =>
        each
          .map(part => part.text)
          .join('')
          .matchAll(/[╭╮]─ (?:\d )?([A-Z][a-z]+) /g)
          .toArray(),
      )
      .map(found => found[1] ?? '')
      .sort()
  const configured = worldOf({...shop, caches: [], backups: [], releases: [], databases: []})

  test.each([
    [80, 24],
    [120, 40],
    [200, 60],
  ] as const)('at %i×%i has no pane of what is not configured, and shows all that is', (columns, rows) => {
    expect(titles(configured, columns, rows)).toEqual(['Alerts', 'Runs', 'Services'])
    expect(titles(worldOf(), columns, rows)).toEqual(
      expect.arrayContaining(['Alerts', 'Backups', 'Caches', 'Releases', 'Runs', 'Services']) as string[],
    )
  })

  test('at 80×24 a database that is not up is on the screen, for caches that are well; and none is left out for nothing', () => {
    const up = shop.databases.map(row => ({...row, state: 'up' as const}))
    const down = up.map(row => ({...row, state: 'down' as const}))
    const well = shop.caches.map(row => ({...row, state: 'up' as const}))
    const right = (world: World): readonly string[] =>
      titles(world, 80, 24).filter(title => ['Caches', 'Databases', 'Backups'].includes(title))
    expect(right(worldOf({...shop, databases: up, caches: well}))).toEqual(['Backups', 'Caches'])
    expect(right(worldOf({...shop, databases: down, caches: well}))).toEqual(['Backups', 'Databases'])
    expect(
      right(worldOf({...shop, databases: down, caches: well.map(row => ({...row, state: 'down' as const}))})),
    ).toEqual(['Backups', 'Caches'])
    expect(right(worldOf({...shop, databases: up, backups: []}))).toEqual(['Caches', 'Databases'])
  })

  const linesAt = (columns: number, rows: number): readonly string[] =>
    frame({...opened(), columns, rows}).map(each => each.map(part => part.text).join(''))

  test('says why a service is not up, where there is room', () => {
    expect(linesAt(120, 40).join('\n')).toMatch(/checkout +✘ down[^\n]+\n[^\n]+connect ECONNREFUSED 10\.0\.3\.7:8080/)
  })

  test.each([
    [200, 60],
    [250, 70],
  ])('at %i×%i tells what is known of the worst of each pane, in whole parts', (columns, rows) => {
    const text = linesAt(columns, rows).join('\n')
    for (const words of [/── checkout ──/, /── down: service checkout ──/, /Suggested runbook/, /── web ──/, /blue-1/])
      expect(text).toMatch(words)
    // A chart has its time axis, or is left out.
    expect(text.match(/Latency {2}last/g)?.length ?? 0).toBe(text.match(/└─/g)?.length ?? 0)
    // Latencies that are only read when a database is opened are no chart without values.
    expect(text).not.toContain('last 0 probes')
  })

  test('at 250×70 more than half of its lines say something', () => {
    const said = linesAt(250, 70).map(each => each.replaceAll(/[\s│─╭╮╰╯━]/g, '').length)
    expect(said.filter(count => count >= 40).length).toBeGreaterThan(35)
  })

  test.each([
    [80, 24],
    [120, 40],
    [200, 60],
    [250, 70],
  ])('at %i×%i no date is cut', (columns, rows) => {
    expect(linesAt(columns, rows).filter(each => /\d{4}-[-\d]*…|\d\d-\d\d ?[:\d]*…/.test(each))).toEqual([])
  })

  test('at 120×40 each of the newest backups is said with its day and its time', () => {
    expect(linesAt(120, 40).filter(each => /\d\d-\d\d \d\d:\d\d +[✓✘○▲] /.test(each)).length).toBeGreaterThan(2)
  })
})
