import {PassThrough} from 'node:stream'
import {afterEach, beforeEach, expect, test, vi} from 'vitest'
import {wholeKeys} from './whole-keys.ts'

beforeEach(() => vi.useFakeTimers({toFake: ['setTimeout', 'clearTimeout']}))
afterEach(() => vi.useRealTimers())

/** What a reader gets of pieces that arrive one after the other, `gapMs` apart. */
function read(pieces: readonly string[], gapMs: number): readonly string[] {
  const stdin = new PassThrough({encoding: 'utf8'}) as unknown as NodeJS.ReadStream & PassThrough
  const keys = wholeKeys(stdin, () => 200)
  const got: string[] = []
  const take = (): void => {
    for (let chunk: unknown = keys.read(); typeof chunk === 'string'; chunk = keys.read()) got.push(chunk)
  }
  keys.on('readable', take)
  for (const piece of pieces) {
    stdin.push(piece)
    take()
    vi.advanceTimersByTime(gapMs)
  }
  return got
}

test('a key that comes in pieces is that key, wherever it is torn', () => {
  for (const key of ['\x1b[A', '\x1b[5~', '\x1bOB', '\x1b[1;5C', '\x1b[200~'])
    for (let at = 1; at < key.length; at += 1)
      expect(read([key.slice(0, at), `${key.slice(at)}q`], 150), JSON.stringify(key)).toEqual([`${key}q`])
})

test('an Esc that nothing follows is a key, and what comes later is another one', () => {
  expect(read(['\x1b', 'j'], 250)).toEqual(['\x1b', 'j'])
  expect(read(['jj\x1b'], 250)).toEqual(['jj', '\x1b'])
})

test('all else passes at once', () => {
  expect(read(['j', '\x1b[A', 'ü', '日'], 0)).toEqual(['j', '\x1b[A', 'ü', '日'])
})
