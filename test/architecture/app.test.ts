import {expect, test} from 'vitest'
import {isTest, readSources} from './sources.ts'

const MOST_LINES = 900

test(`app puts the rooms together, in at most ${MOST_LINES} lines: what it would decide or do has a room of its own`, () => {
  const lines = readSources('src/app')
    .filter(({file}) => !isTest(file))
    .map(source => source.lines)
  expect(lines.reduce((sum, each) => sum + each, 0)).toBeLessThanOrEqual(MOST_LINES)
})
