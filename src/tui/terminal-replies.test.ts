import {expect, test} from 'vitest'
import {backgroundOf, createReplies} from './terminal-replies.ts'

const filter = () => {
  const told: string[] = []
  const replies = createReplies({
    background: background => void told.push(background),
    reports: () => void told.push('reports'),
    receipt: () => void told.push('receipt'),
  })
  return {told, replies}
}
const LIGHT = '\x1b]11;rgb:ffff/ffff/e0e0\x1b\\'

test.each([
  ['rgb:0000/0000/0000', 'dark'],
  ['rgb:ff/ff/ff', 'light'],
  ['rgb:2828/2c2c/3434', 'dark'],
  ['rgba:fdfd/f6f6/e3e3/ffff', 'light'],
  ['#fff', undefined],
])('%s is %s', (colour, background) => {
  expect(backgroundOf(colour)).toBe(background)
})

test('replies are taken out from among keys, and the last one settles it', () => {
  const {told, replies} = filter()
  expect(replies.take(`a${LIGHT}b\x1b[?2031;2$y`)).toBe('ab')
  expect(replies.isSettled()).toBe(false)
  expect(replies.take('\x1b[?62;4c\x1b[A')).toBe('\x1b[A')
  expect(replies.isSettled()).toBe(true)
  expect(told).toEqual(['light', 'reports'])
  expect(replies.take('\x1b[?997;1n')).toBe('')
  expect(told.at(-1)).toBe('dark')
})

test('the answer that a frame has arrived is no key', () => {
  const {told, replies} = filter()
  expect(replies.take('j\x1b[0n\x1b[0nk')).toBe('jk')
  expect(told).toEqual(['receipt', 'receipt'])
})

test('wherever a reply is torn apart but after its Esc, no part of it is a key', () => {
  const whole = `${LIGHT}\x1b[?2031;2$y\x1b[?62c`
  for (let at = 1; at < whole.length; at++) {
    if (whole[at - 1] === '\x1b' && whole[at] !== '\\') continue
    const {told, replies} = filter()
    expect(replies.take(whole.slice(0, at)) + replies.take(`${whole.slice(at)}q`)).toBe('q')
    expect(told).toEqual(['light', 'reports'])
  }
})

test.each([['\x1b'], ['\x1b[A'], ['\x1b\x1b'], ['\x1b[5~'], ['\x1b[200~x\x1b[201~'], ['q']])('%j stays a key', key => {
  expect(filter().replies.take(key)).toBe(key)
})

test.each([
  ['a title that somebody asked for', '\x1b]lshell\x1b\\'],
  ['the colour of a palette', '\x1b]4;1;rgb:cdcd/0000/0000\x07'],
  ['the name of the terminal', '\x1bP>|xterm(388)\x1b\\'],
  ['a click as the oldest mice tell it', '\x1b[M !!'],
  ['the same far to the right, which is no UTF-8', '\x1b[M \ufffd\ufffd'],
])('%s, left over from a program before, is no key', (_, reply) => {
  expect(filter().replies.take(`j${reply}k`)).toBe('jk')
})

test('what begins like a reply and never ends is given back: nobody is left without keys', () => {
  const {replies} = filter()
  const typed = `\x1b]11;${'x'.repeat(60)}q`
  expect(Array.from(typed, character => replies.take(character)).join('')).toBe(typed)
})
