import {chmodSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {afterEach, expect, test, vi} from 'vitest'
import {userName} from './account.ts'

const directory = mkdtempSync(path.join(tmpdir(), 'account-'))
afterEach(() => rmSync(directory, {recursive: true, force: true}))

test('a name is looked up by the program of the system, not by one that PATH puts before it', () => {
  const fake = path.join(directory, 'getent')
  writeFileSync(fake, '#!/bin/sh\necho "grace:x:1:1::/:/bin/sh"\n')
  chmodSync(fake, 0o755)
  vi.stubEnv('PATH', `${directory}:${process.env['PATH']}`)
  // Uid 1 is nobody's own here, so the directory of the system is asked.
  expect(userName(1)).toBe('daemon')
})
