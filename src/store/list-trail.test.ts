import {appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import {afterAll, expect, test} from 'vitest'
import {openTrailReader} from './list-trail.ts'

const directory = mkdtempSync(path.join(os.tmpdir(), 'opsconsole-list-trail-'))
afterAll(() => rmSync(directory, {recursive: true, force: true}))

test('a trail to which nothing was added is not read again', () => {
  const log = path.join(directory, 'log')
  writeFileSync(log, '')
  const read = openTrailReader(log)
  const readBytes = (): number => Number(/rchar: (\d+)/.exec(readFileSync('/proc/self/io', 'utf8'))?.[1])
  appendFileSync(log, 'x'.repeat(1 << 20))
  const first = read({limit: 5})
  const before = readBytes()
  expect(read({limit: 5})).toBe(first)
  expect(readBytes() - before).toBeLessThan(64 << 10)
  appendFileSync(log, 'y')
  expect(read({limit: 5})).not.toBe(first)
  expect(read({limit: 6})).not.toBe(read({limit: 5}))
})
