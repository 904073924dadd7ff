import {expect, test} from 'vitest'
import {lineWidth} from '../layout/line.ts'
import {toAscii} from '../theme.ts'
import {chart, type ChartOptions} from './chart.ts'
import {clockTime} from './age.ts'

const AT = Date.UTC(2026, 10, 22, 3, 12, 0)
const options = (change: Partial<ChartOptions>): ChartOptions => ({
  values: [],
  width: 28,
  height: 4,
  least: 20,
  label: value => `${value}ms`,
  at: AT,
  stepMs: 10_000,
  ...change,
})
const drawn = (change: Partial<ChartOptions>): readonly string[] =>
  chart(options(change)).map(line => line.map(each => each.text).join(''))

test('has its scale at the left and its times below', () => {
  const lines = drawn({values: [10, 20, 100]})
  expect(lines).toHaveLength(6)
  expect(lines[0]).toMatch(/^ +100ms┤.*⢀?[⠁-⣿]/)
  expect(lines[3]).toMatch(/^ +0ms┤/)
  expect(lines[4]).toMatch(/└─{20}$/)
  expect(lines[5]).toContain(clockTime(AT))
  for (const line of chart(options({values: [10, 20, 100]}))) expect(lineWidth(line)).toBeLessThanOrEqual(28)
})

test('a millisecond of noise stays at the bottom', () => {
  const lines = drawn({values: [1, 2, 1, 2, 1]})
  for (const line of lines.slice(0, 3)) expect(line).not.toMatch(/[⠁-⣿]/)
  expect(lines[3]).toMatch(/[⠁-⣿]/)
})

test('the threshold is always in sight, and what is above it stands out', () => {
  const low = chart(options({values: [1, 2], threshold: 300}))
  const limit = low.findIndex(line => line.some(each => each.text === '╌'))
  expect(low[limit]?.map(each => each.text).join('')).toContain('300ms┤')
  const high = chart(options({values: [1, 900], threshold: 300}))
  expect(high[0]?.some(each => each.tone === 'warn bold')).toBe(true)
})

test('a gap is a gap', () => {
  const columns = (values: readonly (number | undefined)[]): number =>
    new Set(
      drawn({values}).flatMap(line =>
        Array.from(line).flatMap((each, x) => (each >= '\u2801' && each <= '\u28ff' ? [x] : [])),
      ),
    ).size
  expect(columns([50, 50, 50, undefined, undefined, 50, 50])).toBeLessThan(columns([50, 50, 50, 50, 50, 50, 50]))
})

test('nothing known draws nothing but the axes, in ASCII too', () => {
  expect(drawn({values: [undefined]}).join('')).not.toMatch(/[⠁-⣿]/)
  for (const line of drawn({values: [1, 50, undefined, 3], threshold: 30})) expect(toAscii(line)).toMatch(/^[ -~]*$/)
  expect(toAscii('⠁⡀⣿')).toBe("'.#")
})

test('what changed something has its sign on the time axis, under its moment', () => {
  const values = Array.from({length: 40}, () => 50)
  const axis = drawn({values, marks: [AT - 1, AT - 20 * 10_000, AT - 3_600_000]})[4] ?? ''
  expect(Array.from(axis).filter(each => each === '▲')).toHaveLength(2)
  expect(axis.trimEnd().endsWith('▲')).toBe(true)
  expect(Array.from(axis).indexOf('▲')).toBe(18)
})

test('more than a day has its dates below', () => {
  const line = drawn({values: Array.from({length: 60}, () => 5), stepMs: 3_600_000, width: 48})[5] ?? ''
  expect(line).toMatch(/\d\d-\d\d \d\d:\d\d +\d\d-\d\d \d\d:\d\d$/)
})
