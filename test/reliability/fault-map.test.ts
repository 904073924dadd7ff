import {readFileSync} from 'node:fs'
import path from 'node:path'
import {expect, test} from 'vitest'
import {FAULT_MAP_HEADER} from '../../scripts/documents/fault-map.ts'

test('docs/fault-map.md is what `node scripts/fault-map.ts` writes, and in no case was a run not taken to its end', () => {
  const page = readFileSync(path.resolve(import.meta.dirname, '../../docs/fault-map.md'), 'utf8')
  expect(page.startsWith(FAULT_MAP_HEADER)).toBe(true)
  const rows = page.split('\n').filter(line => /^\| \d/.test(line))
  expect(rows.length).toBeGreaterThan(80)
  for (const row of rows) expect(row.split(' | ')).toHaveLength(6)
})
