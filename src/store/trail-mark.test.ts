import {mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {afterAll, beforeAll, describe, expect, test} from 'vitest'
import {markFile, openMark, readMark} from './trail-mark.ts'

let log = ''
beforeAll(() => {
  log = path.join(mkdtempSync(path.join(tmpdir(), 'opsconsole-mark-')), 'log')
})
afterAll(() => rmSync(path.dirname(log), {recursive: true, force: true}))

const markOf = (seq: number) => ({stamp: `stamp ${seq}`, sealed: '', seq, head: 'f'.repeat(64), size: seq * 100})

describe('a mark over another one', () => {
  test('says what was written last, also where the one before was longer', () => {
    const mark = openMark(log)
    for (const seq of [9, 1234567, 8, 10]) {
      mark.write(markOf(seq))
      expect(readMark(log, `stamp ${seq}`, '')).toEqual(markOf(seq))
    }
    mark.close()
  })

  test('that was written in part says nothing', () => {
    const whole = (seq: number): string => `${JSON.stringify(markOf(seq))}\n`
    writeFileSync(markFile(log), whole(7).slice(0, 60) + whole(7777777).slice(60))
    expect(readMark(log, 'stamp 7', '')).toBeUndefined()
  })
})
