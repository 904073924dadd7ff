import {expect, test} from 'vitest'
import {opened, press, worldOf} from '../../../test/tui/keys.ts'
import {emptySnapshot, shop} from '../../../test/tui/shop.ts'
import {NOW} from '../../../test/tui/shop-events.ts'
import {frame} from '../screens/frame.ts'
import {currentScreen} from '../state/ui.ts'
import {serversPane} from './servers.ts'

const [web] = shop.releases
const textOf = (line: unknown): string =>
  typeof line === 'string' ? line : (line as readonly {readonly text: string}[]).map(({text}) => text).join('')
const cells = (row: unknown): Readonly<Record<string, string>> =>
  Object.fromEntries(serversPane.columns.map(column => [column.title, textOf(column.cell(row, NOW, 20))]))

test('each server of each release is a row, with dashes for what nobody counts', () => {
  const rows = serversPane.rows(worldOf())
  expect(rows.map(row => serversPane.id(row))).toEqual(['web/blue-1', 'web/blue-2', 'web/green-1', 'web/green-2'])
  expect(cells(rows[0])).toMatchObject({
    SERVER: 'blue-1',
    TRAFFIC: 'UP',
    SESS: '12',
    QUEUE: '–',
    CONN: '–',
    '5XX/S': '–',
  })
})

test('a queue and 5xx answers stand out', () => {
  if (web === undefined) throw new Error('no release')
  const [blue, ...others] = web.slots
  const [first, ...rest] = blue?.instances ?? []
  if (blue === undefined || first === undefined) throw new Error('no server')
  const busy = {...first, queued: 7, connections: 40, errorsPerSecond: 3}
  const snapshot = {...shop, releases: [{...web, slots: [{...blue, instances: [busy, ...rest]}, ...others]}]}
  const rows = serversPane.rows(worldOf(snapshot))
  expect(cells(rows[0])).toMatchObject({QUEUE: '7', CONN: '40', '5XX/S': '3'})
  expect(textOf(serversPane.note?.(rows, NOW))).toBe('23 sessions · 7 queued')
})

test('g l opens it, and it takes no room where no release is configured', () => {
  expect(currentScreen(press(opened(), 'g', 'l').state)).toMatchObject({kind: 'list', noun: 'servers'})
  expect(serversPane.onOverview).toBe(false)
  expect(serversPane.rows(worldOf(emptySnapshot))).toEqual([])
})

test('at 120×40 a server stands beside the others with its share, above the requests of all of them over time', () => {
  const figure = {title: 'Requests a second', measurement: 'requestsPerSecond', worse: 'above'} as const
  const values = Array.from({length: 60}, (_, at) => 280 + (at % 9))
  const series = {noun: 'servers', name: 'web/blue-1', range: '5m', values, at: NOW, stepMs: 5000, figure} as const
  const screens = [{kind: 'overview'}, {kind: 'list', noun: 'servers'}] as const
  const lines = frame(opened({screens: [...screens]}, {...worldOf(), series})).map(each =>
    each.map(({text}) => text).join(''),
  )
  const text = lines.join('\n')
  expect(text).toContain('Servers of web  296 requests a second')
  expect(text).toMatch(/blue-2 +● up +blue +2\.4\.0 +█+░+ +50%/)
  expect(text).toMatch(/green-1 +● up +green +2\.3\.9 +░+ +0%/)
  expect(text).toContain('Requests a second of web  5m  280 – 288')
  expect(lines.filter(each => /^│ +│$/.test(each)).length).toBeLessThan(5)
})

test('where nobody counts requests no chart of them is drawn, and no share is said', () => {
  if (web === undefined) throw new Error('no release')
  const slots = web.slots.map(slot => ({
    ...slot,
    instances: slot.instances.map(each => ({...each, requestsPerSecond: undefined})),
  }))
  const world = worldOf({...shop, releases: [{...web, slots, requestsPerSecond: undefined}]})
  const series = {noun: 'servers', name: 'web/blue-1', range: '5m', values: [undefined], at: NOW, stepMs: 5000} as const
  const text = frame(opened({screens: [{kind: 'overview'}, {kind: 'list', noun: 'servers'}]}, {...world, series}))
    .map(each => each.map(part => part.text).join(''))
    .join('\n')
  expect(text).toContain('Servers of web')
  expect(text).not.toMatch(/Requests a second|░|\d%/)
})
