import {expect, test} from 'vitest'
import {versionLines} from './release-versions.ts'

const NOW = 1_800_000_000_000
const version = (name: string, fate: string) => ({
  version: name,
  fate,
  reason: `why of ${name}`,
  at: NOW - 3_600_000,
  run: '20261127-010203-abcd',
})
const words = (lines: ReturnType<typeof versionLines>): string =>
  lines.map(line => (typeof line === 'string' ? line : line.map(({text}) => text).join(''))).join('\n')

test('each version has what became of it, since when, in which run and why', () => {
  const told = words(versionLines([version('1.3.0', 'failed its watch'), version('1.2.0', 'good')], 90, NOW))
  expect(told).toMatch(/^Versions/)
  expect(told).toMatch(/1\.3\.0 +failed its watch +1h.* +20261127-010203-abcd *\n {2}why of 1\.3\.0/)
  expect(told).toMatch(/1\.2\.0 +good/)
})

test('nothing is said where nothing is remembered, and a long memory stays short', () => {
  expect(versionLines([], 90, NOW)).toEqual([])
  expect(
    versionLines(
      Array.from({length: 50}, (_, nth) => version(`1.${nth}.0`, 'good')),
      90,
      NOW,
    ),
  ).toHaveLength(15)
})
