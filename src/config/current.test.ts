import {mkdtempSync, renameSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {afterAll, beforeAll, expect, test} from 'vitest'
import {openCurrentConfig} from './current.ts'

let cwd: string
beforeAll(() => (cwd = mkdtempSync(path.join(tmpdir(), 'opsconsole-config-'))))
afterAll(() => rmSync(cwd, {recursive: true, force: true}))

const text = (readOnly: boolean): string => `environments: [{name: dev}]\npolicy: {readOnly: ${readOnly}}\n`

test('a file that changes is read again, one that does not is not', () => {
  const file = path.join(cwd, 'opsconsole.yaml')
  writeFileSync(file, text(false))
  const current = openCurrentConfig({env: {}, cwd})
  const first = current()
  expect(first.policy.readOnly).toBe(false)
  expect(current()).toBe(first)
  // As editors do it: a new file of another size in its place.
  writeFileSync(`${file}.new`, text(true))
  renameSync(`${file}.new`, file)
  expect(current().policy.readOnly).toBe(true)
  writeFileSync(file, 'environments: [')
  expect(current).toThrow(expect.objectContaining({code: 'config/unreadable'}))
  rmSync(file)
  expect(current).toThrow(expect.objectContaining({code: 'config/missing'}))
  writeFileSync(file, text(false))
  expect(current().policy.readOnly).toBe(false)
})
