import {mkdtempSync, readdirSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {expect, test} from 'vitest'
import {openStore} from './open.ts'

test('a damaged store is put aside with its content and a new one is begun', () => {
  const dir = mkdtempSync(path.join(tmpdir(), 'opsconsole-store-'))
  writeFileSync(path.join(dir, 'store.db'), 'this is no database '.repeat(500))
  const store = openStore(dir)
  expect(store.setAside).toMatch(/store\.db\.damaged-/)
  expect(store.database.prepare('SELECT count(*) AS n FROM meta').get()).toEqual({n: 0})
  store.close()
  expect(readdirSync(dir).some(name => name.startsWith('store.db.damaged-'))).toBe(true)
  rmSync(dir, {recursive: true})
})

test('a directory that cannot be written is refused with its path and what to do', () => {
  expect(() => openStore('/proc/opsconsole')).toThrow(
    expect.objectContaining({
      code: 'state/unwritable',
      hint: expect.stringContaining('OPSCONSOLE_STATE_DIR') as string,
    }) as Error,
  )
})
