import {expect, test} from 'vitest'
import {requireRoom} from './room.ts'

const pool = (each: number) => ({database: 'shop', instances: 4, connections: 4 * each})
const answering = (limits: Readonly<Record<string, string>>) => () => ({query: async () => [limits]})
const SERVER = {max_connections: '100', superuser_reserved_connections: '3', datconnlimit: '-1', rolconnlimit: '-1'}

test('both slots together fit, and what was compared is said', async () => {
  expect(await requireRoom(pool(24), answering(SERVER))).toBe(
    '4 instances of both slots hold up to 96 connections to shop (24 each), and it takes 97',
  )
  expect(await requireRoom(undefined, answering(SERVER))).toBeUndefined()
})

test('a repair is not held up by a database that is away', async () => {
  const away = () => ({query: () => Promise.reject(new Error('connection refused'))})
  expect(await requireRoom(pool(24), away)).toBe('not compared: shop could not be asked')
})

test.each([
  ['the server', SERVER, 25, /up to 100 connections to shop \(25 each\), and it takes 97/],
  ['the database', {...SERVER, datconnlimit: '50'}, 13, /it takes 50/],
  ['the role', {...SERVER, rolconnlimit: '20'}, 6, /it takes 20/],
  ['what is reserved since PostgreSQL 16', {...SERVER, reserved_connections: '10'}, 22, /it takes 87/],
] as const)('more than %s has is refused before anything is started', async (_what, limits, each, words) => {
  await expect(requireRoom(pool(each), answering(limits))).rejects.toThrow(words)
})
