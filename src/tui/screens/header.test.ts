import {expect, test} from 'vitest'
import {opened, worldOf} from '../../../test/tui/keys.ts'
import {emptySnapshot, shop} from '../../../test/tui/shop.ts'
import {kinds, rowsOf} from '../../config/kinds.ts'
import type {Snapshot} from '../../overview/snapshot.ts'
import {header} from './header.ts'

const firstLine = (snapshot: Snapshot): string =>
  (header(opened({}, worldOf(snapshot)))[0] ?? []).map(({text}) => text).join('')

test.each(kinds.map(kind => [kind.section, kind] as const))('nothing is fine while one of %s is down', (_, kind) => {
  const [row] = rowsOf(shop, kind)
  const withOne = (state: 'up' | 'down'): Snapshot => ({...emptySnapshot, [kind.section]: [{...row, state}]})
  expect(firstLine(withOne('down'))).toContain('1 down')
  expect(firstLine(withOne('up'))).toContain('No alerts firing')
})

test('where nothing is configured, nothing is said to be fine', () => {
  expect(firstLine(emptySnapshot)).toContain('nothing is monitored here')
})

test('that a maintenance is open, or a change freeze holds, stands beside the environment', () => {
  const said = firstLine({...emptySnapshot, freeze: 'change freeze x', maintenance: 'maintenance x'})
  expect(said).toMatch(/ FROZEN +MAINTENANCE /)
  expect(firstLine(emptySnapshot)).not.toMatch(/FROZEN|MAINTENANCE/)
})

const secondLine = (snapshot: Snapshot, columns = 120): string =>
  (header(opened({columns}, worldOf(snapshot)))[1] ?? []).map(({text}) => text).join('')

test('who one is stands there whole or not at all: who changed what comes first', () => {
  const runs = shop.runs.map(run => ({...run, actor: 'root', noLogin: true}))
  const calm: Snapshot = {...emptySnapshot, actor: {name: 'root', noLogin: true}, runs}
  expect(secondLine(calm)).toMatch(/by root, no login · you are root, no login *$/)
  expect(secondLine(calm, 80)).toMatch(/by root, no login *$/)
  expect(secondLine(calm, 80)).not.toContain('you are')
})

test('a budget that is well does not cut who changed what, one that is spent is always in sight', () => {
  const actor = {name: 'root', noLogin: true}
  const well = {...shop, actor, services: shop.services.filter(({name}) => name === 'web')}
  const runs = shop.runs.map(run => ({...run, actor: 'r'.repeat(60)}))
  expect(secondLine({...well, runs})).not.toContain('99.9')
  expect(secondLine({...shop, actor})).toContain('overspent')
})
