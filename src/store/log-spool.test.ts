import {mkdtempSync, readdirSync, readFileSync, rmSync} from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import {afterAll, expect, test} from 'vitest'
import {openLogSpool} from './log-spool.ts'

const directory = mkdtempSync(path.join(os.tmpdir(), 'opsconsole-spool-'))
afterAll(() => rmSync(directory, {recursive: true, force: true}))

const END = {at: 'end', before: 3, after: 0} as const
const texts = (lines: readonly {readonly text: string}[]): readonly string[] => lines.map(({text}) => text)
const never = new AbortController().signal

test('lines can be looked at while more come, and leave no file behind', async () => {
  const spool = openLogSpool(directory)
  expect(spool.pages.page(END)).toEqual({lines: [], size: 0})
  spool.append(['one', '{"msg":"two"}'])
  expect(texts(spool.pages.page(END).lines)).toEqual(['one', '{"msg":"two"}'])
  spool.append(['null', 'drei·'])
  expect(texts(spool.pages.page(END).lines)).toEqual(['{"msg":"two"}', 'null', 'drei·'])
  const at = await spool.pages.find({from: 0, back: false, text: 'DREI'}, never)
  expect(texts(spool.pages.page({at: at ?? 0, before: 0, after: 1}).lines)).toEqual(['drei·'])
  expect(readdirSync(directory)).toEqual([])
  spool.close()
})

test('what there is no room for is not taken', () => {
  const spool = openLogSpool(directory, 20)
  expect(spool.append(['0123456789'])).toBe(true)
  expect(spool.append(['0123456789'])).toBe(false)
  expect(texts(spool.pages.page(END).lines)).toEqual(['0123456789'])
  spool.close()
})

test('the first page of 200 MB reads as much as that of 2 KB does, give or take one piece', () => {
  const readBytes = (): number => Number(/rchar: (\d+)/.exec(readFileSync('/proc/self/io', 'utf8'))?.[1])
  const firstPage = (megabytes: number, line: string): number => {
    const spool = openLogSpool(directory)
    const piece = Array.from({length: Math.ceil((1 << 20) / line.length)}, () => line)
    for (let written = 0; written < megabytes; written += 1) spool.append(piece)
    if (megabytes === 0) spool.append(piece.slice(0, 20))
    const before = readBytes()
    expect(spool.pages.page({at: 'end', before: 400, after: 400}).lines.length).toBe(megabytes === 0 ? 20 : 400)
    const read = readBytes() - before
    spool.close()
    return read
  }
  const line = 'a line of a log that is about as long as lines of logs are; it says that a request was answered'
  const [small, large] = [firstPage(0, line), firstPage(200, line)]
  expect(large - small).toBeLessThan(256 << 10)
})
