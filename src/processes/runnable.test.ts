import {chmodSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {afterAll, expect, test} from 'vitest'
import {whyNotRunnable} from './runnable.ts'

const directory = mkdtempSync(path.join(tmpdir(), 'opsconsole-runnable-'))
afterAll(() => rmSync(directory, {recursive: true}))
writeFileSync(path.join(directory, 'plain'), '', {mode: 0o644})
writeFileSync(path.join(directory, 'good'), '#!/bin/sh\n')
chmodSync(path.join(directory, 'good'), 0o755)

test.each([
  ['good', undefined],
  ['nothing-of-that-name', 'is not on PATH'],
  ['./good', undefined],
  [path.join(directory, 'good'), undefined],
  ['./gone', 'is not there'],
  ['./', 'is not a file'],
  ['./plain', 'is not executable'],
])('%s: %s', async (program, reason) => {
  expect(await whyNotRunnable(program, {directory, search: `relative:${directory}`})).toBe(reason)
})
