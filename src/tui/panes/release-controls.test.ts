import {expect, test} from 'vitest'
import {NOW} from '../../../test/tui/shop-events.ts'
import {shop} from '../../../test/tui/shop.ts'
import {opened, worldOf} from '../../../test/tui/keys.ts'
import type {ControlRow} from '../../releases/rows.ts'
import {header} from '../screens/header.ts'
import {controlBadge, controlLine} from './release-controls.ts'
import {releasesPane} from './releases.ts'

const [web] = shop.releases
const control = (more: Partial<ControlRow> = {}): ControlRow => ({
  id: 'maintenance',
  words: 'maintenance answer',
  usersGet: 'every request is answered 503 with the maintenance page',
  until: NOW + 720_000,
  run: 'r-1',
  inForce: true,
  ...more,
})
const releases = (...controls: readonly ControlRow[]) => (web === undefined ? [] : [{...web, controls}])
const textOf = (line: readonly {readonly text: string}[]): string => line.map(({text}) => text).join('')

test('a control says for how long yet, that it is over, or that a reload took it off', () => {
  const said = (more: Partial<ControlRow>) => textOf(controlLine(control(more), NOW))
  expect(said({})).toBe('▲ maintenance answer  12m left  every request is answered 503 with the maintenance page')
  expect(said({until: NOW - 20_000})).toContain('over for 20s')
  expect(said({inForce: false})).toContain('no longer in force')
})

test('the header has the first that ends, and nothing while none is on', () => {
  expect(controlBadge(shop.releases, NOW)).toBeUndefined()
  const both = releases(control(), control({id: 'drain:blue-1', words: 'drain of blue-1', until: NOW + 60_000}))
  expect(controlBadge(both, NOW)).toBe(' DRAIN 1m left +1 ')
  const [first = []] = header(opened({}, worldOf({...shop, releases: releases(control())})))
  expect(textOf(first)).toContain(' MAINTENANCE 12m left ')
})

test('the pane lists it before the slots', () => {
  const [row] = releases(control())
  if (row === undefined || releasesPane.more === undefined) throw new Error('no release')
  const [first] = releasesPane.more(row, NOW)
  expect(Array.isArray(first) && first.map(textOf).join('')).toContain('maintenance answer  12m left')
})
