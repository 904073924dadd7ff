import {expect, test} from 'vitest'
import type {Engine} from '../../runs/engine.ts'
import {refuseWhileUsed} from './in-use.ts'

const holder = (resource: string) => ({
  lock: 'L1',
  resource,
  run: '20261127-030000-abcd',
  actor: 'anna',
  host: 'ops1',
  acquiredAt: 0,
})
const refusal = (resources: readonly string[], problem?: string) =>
  refuseWhileUsed(
    {
      clock: {now: () => 60_000},
      engine: () => ({locks: () => Promise.resolve({locks: resources.map(holder), problem})}) as unknown as Engine,
      environment: () => ({name: 'production'}),
    } as never,
    'shop',
  )

test.each(['backup', 'copies', 'drill'])('nothing is removed while a run holds %s of this backup', async work => {
  await expect(refusal([`production/${work}:shop`])).rejects.toMatchObject({
    code: 'lock/held',
    message: `production/${work}:shop is locked: run 20261127-030000-abcd of anna on ops1 holds it since 1m ago`,
  })
})

test('other backups, other environments and other work do not hinder it', async () => {
  await expect(
    refusal(['production/backup:shop2', 'staging/backup:shop', 'production/release:shop']),
  ).resolves.toBeUndefined()
})

test('where the locks of other hosts cannot be read, nobody can tell', async () => {
  await expect(refusal([], 'nothing answers at db:5432')).rejects.toMatchObject({code: 'lock/unreachable'})
})
