import {appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import {afterAll, describe, expect, test} from 'vitest'
import {findLine, readPage} from './output-pages.ts'

const directory = mkdtempSync(path.join(os.tmpdir(), 'opsconsole-pages-'))
afterAll(() => rmSync(directory, {recursive: true, force: true}))

const json = (number: number, step = `s${Math.floor(number / 1000)}`): string =>
  `${JSON.stringify({step, stream: 'out', text: `line ${number} ${'·'.repeat(number % 90)}`})}\n`

const file = path.join(directory, 'output')
writeFileSync(file, Array.from({length: 5000}, (_, number) => json(number)).join(''))
const never = new AbortController().signal
const numbers = (lines: readonly {readonly text: string}[]): readonly number[] =>
  lines.map(line => Number(line.text.split(' ')[1]))

describe('a page', () => {
  test('at the end has the last lines, in order', () => {
    const {lines, size} = readPage(file, {at: 'end', before: 3, after: 10})
    expect(numbers(lines)).toEqual([4997, 4998, 4999])
    expect(lines.at(-1)?.next).toBe(size)
  })

  test('at any line has those before and after it, and each knows where it stands', () => {
    for (const {at, text} of readPage(file, {at: 0, before: 0, after: 5000}).lines.filter(
      (_, index) => index % 397 === 0,
    )) {
      const {lines} = readPage(file, {at, before: 2, after: 2})
      const number = Number(text.split(' ')[1])
      expect(numbers(lines)).toEqual([number - 2, number - 1, number, number + 1].filter(each => each >= 0))
      expect(lines.find(line => line.at === at)?.text).toBe(text)
    }
  })

  test('what is being written right now comes when it is whole; what is not ours is shown as it is', () => {
    const growing = path.join(directory, 'growing')
    writeFileSync(growing, `${json(1)}not json\n{"step":"s`)
    expect(readPage(growing, {at: 'end', before: 9, after: 9}).lines.map(line => line.text)).toEqual([
      'line 1 ·',
      'not json',
    ])
    appendFileSync(growing, '0","stream":"out","text":"whole"}\n')
    expect(readPage(growing, {at: 'end', before: 1, after: 0}).lines[0]?.text).toBe('whole')
  })

  test('of nothing, and of a file that is not there, is empty', () => {
    const empty = path.join(directory, 'empty')
    writeFileSync(empty, '')
    for (const each of [empty, path.join(directory, 'none')])
      expect(readPage(each, {at: 'end', before: 9, after: 9})).toEqual({lines: [], size: 0})
  })

  test('of 64 MB reads no more than one of 2 KB does, but a quarter of a megabyte', () => {
    const large = path.join(directory, 'large')
    const part = Array.from({length: 10_000}, (_, number) => json(number)).join('')
    for (let written = 0; written < 64 << 20; written += part.length) appendFileSync(large, part)
    const readBytes = (): number => Number(/rchar: (\d+)/.exec(readFileSync('/proc/self/io', 'utf8'))?.[1])
    const before = readBytes()
    for (const at of ['end', 0] as const) expect(readPage(large, {at, before: 100, after: 100}).lines.length).toBe(100)
    expect(readBytes() - before).toBeLessThan(512 << 10)
  })
})

describe('a search', () => {
  const at = (number: number): number =>
    readPage(file, {at: 0, before: 0, after: 5000}).lines.find(line => line.text.startsWith(`line ${number} `))?.at ??
    -1

  test('finds the next and the last line with a text, whatever its case', async () => {
    expect(await findLine(file, {from: at(10), back: false, text: 'LINE 2000 '}, never)).toBe(at(2000))
    expect(await findLine(file, {from: at(4000), back: true, text: 'line 2000 '}, never)).toBe(at(2000))
    expect(await findLine(file, {from: at(2001), back: false, text: 'line 2000 '}, never)).toBeUndefined()
    expect(await findLine(file, {from: at(2000), back: true, text: 'line 2000 '}, never)).toBeUndefined()
  })

  test('finds where another step begins, and the last line of the one before', async () => {
    expect(await findLine(file, {from: at(1500), back: false, otherThan: 's1'}, never)).toBe(at(2000))
    expect(await findLine(file, {from: at(1500), back: true, otherThan: 's1'}, never)).toBe(at(999))
  })

  test('ends when it is no longer wanted', async () => {
    await expect(findLine(file, {from: 0, back: false, text: 'nowhere'}, AbortSignal.abort())).rejects.toThrow()
  })
})
