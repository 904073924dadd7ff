import {mkdtempSync, rmSync} from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import {expect, test} from 'vitest'
import {openStore} from './open.ts'
import {readingStore} from './readings.ts'

test('the newest reading of a source stays, whoever writes last, and another process reads it', () => {
  const dir = mkdtempSync(path.join(os.tmpdir(), 'ops-readings-'))
  const [one, other] = [openStore(dir), openStore(dir)]
  try {
    const reading = (triedAt: number) => ({
      source: 'am',
      at: undefined,
      triedAt,
      problem: 'connection refused',
      version: undefined,
      alerts: [],
      silences: [],
      silencesProblem: undefined,
      unreadable: 0,
      more: 0,
    })
    readingStore(one.database).save(reading(20))
    readingStore(other.database).save(reading(10))
    expect(readingStore(other.database).all()).toEqual([reading(20)])
  } finally {
    one.close()
    other.close()
    rmSync(dir, {recursive: true, force: true})
  }
})
