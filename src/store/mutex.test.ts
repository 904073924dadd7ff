import {mkdtempSync, rmSync} from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import {afterEach, beforeEach, expect, test} from 'vitest'
import {openMutex} from './mutex.ts'

let dir: string
beforeEach(() => (dir = mkdtempSync(path.join(os.tmpdir(), 'opsconsole-mutex-'))))
afterEach(() => rmSync(dir, {recursive: true, force: true}))

test('a lock that cannot be given back is told in words, not as a defect', () => {
  const mutex = openMutex(path.join(dir, 'lock'))
  expect(() => mutex.hold(() => mutex.close())).toThrow(
    expect.objectContaining({code: 'state/unwritable', message: expect.stringContaining('cannot unlock')}),
  )
})

test('what went wrong while it was held comes first', () => {
  const mutex = openMutex(path.join(dir, 'lock'))
  const fail = (): never => {
    mutex.close()
    throw new Error('the disk is full')
  }
  expect(() => mutex.hold(fail)).toThrow('the disk is full')
})
