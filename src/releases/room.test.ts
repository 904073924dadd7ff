import {expect, test} from 'vitest'
import {requireRoom} from './room.ts'

const pool = (each: number) => ({database: 'shop', instances: 4, connections: 4 * each})
const SERVER = {max_connections: '100', superuser_reserved_connections: '3', datconnlimit: '-1', rolconnlimit: '-1'}

test('both slots together fit, and what was compared is said', () => {
  expect(requireRoom(pool(24), SERVER)).toBe(
    '4 instances of both slots hold up to 96 connections to shop (24 each), and it takes 97',
  )
  expect(requireRoom(undefined, SERVER)).toMatch(/is not configured/)
})

test.each([
  ['the server', SERVER, 25, /up to 100 connections to shop \(25 each\), and it takes 97/],
  ['the database', {...SERVER, datconnlimit: '50'}, 13, /it takes 50/],
  ['the role', {...SERVER, rolconnlimit: '20'}, 6, /it takes 20/],
  ['what is reserved since PostgreSQL 16', {...SERVER, reserved_connections: '10'}, 22, /it takes 87/],
] as const)('more than %s has is refused before anything is started', (_what, limits, each, words) => {
  expect(() => requireRoom(pool(each), limits)).toThrow(words)
})
