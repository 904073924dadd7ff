import {expect, test} from 'vitest'
import {animatedSvg, stillSvg} from './animated-svg.ts'
import type {Recording} from './recording.ts'

const row = (text: string): string => `<text>${text}</text>`
const recording: Recording = {
  columns: 20,
  rows: 2,
  frames: [
    {at: 0, rows: [row('header'), row('first')]},
    {at: 500, rows: [row('header'), row('second')]},
    {at: 60_000, rows: [row('header'), row('first')]},
  ],
  keys: [{at: 490, label: '<'}],
}

test('a row that comes again is drawn once, and one that stays is one piece', () => {
  const svg = animatedSvg(recording)
  expect(svg.match(/>first</g)).toHaveLength(1)
  expect(svg.match(/>header</g)).toHaveLength(1)
  expect(svg.match(/<use /g)).toHaveLength(4)
  expect(svg.match(/<use [^>]*class/g)).toHaveLength(3)
})

test('long waits are short, and the end is held', () => {
  const seconds = Number(/animation:([\d.]+)s/.exec(animatedSvg(recording))?.[1])
  expect(seconds).toBeGreaterThan(4)
  expect(seconds).toBeLessThan(8)
})

test('whoever wants no motion sees the end', () => {
  const svg = animatedSvg(recording)
  expect(svg).toContain('prefers-reduced-motion')
  expect(svg.match(/<use [^>]*visibility="hidden"/g)).toHaveLength(2)
})

test('keys are shown as what they are, while they are pressed', () => {
  expect(animatedSvg(recording)).toContain('&lt;</text>')
  const moments = [0, 0.1, 0.999].map(share => stillSvg(recording, share))
  expect(moments.map(svg => svg.includes('&lt;'))).toEqual([false, true, false])
  expect(moments.map(svg => svg.includes('>first<'))).toEqual([true, false, true])
})
