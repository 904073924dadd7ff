import {describe, expect, test} from 'vitest'
import {releaseSchema} from '../config.ts'
import {passLines} from './can-show.ts'

const config = releaseSchema.parse({
  name: 'shop',
  traffic: {type: 'haproxy', socket: '/none', backend: 'none'},
  instances: {type: 'command', deploy: ['none'], stop: ['none']},
  slots: ['blue', 'green'].map(name => ({name, instances: [{name: `${name}-1`, url: `http://${name}`}]})),
})
const said = (requestsPerSecond: number, stageMs: number, errors = 0, percent = 5): string =>
  passLines(config, {requestsPerSecond, errors, refusals: 0}, {percent, stageMs}).join('\n')

describe('before a canary gets its first share, its run says', () => {
  test('how many requests a pass takes at least, and how long that is now', () => {
    expect(said(100, 300_000)).toMatch(
      /^to pass at 5 % takes 344 requests at least, 1m 9s at this traffic; with 0% of errors/,
    )
    expect(said(100, 300_000)).not.toContain('too short')
  })

  test('that a stage is too short for any version to pass, and how long it would have to be', () => {
    expect(said(1, 300_000)).toMatch(
      /a stage of 5m \(15m where .+\) is too short .+ would always end as inconclusive.+-p stageTime=\d/,
    )
  })

  test('that a good version would mostly not pass, where stable has errors', () => {
    expect(said(100, 45_000, 0.01)).toMatch(/a stage of 45s .+ would mostly end as inconclusive/)
  })

  test('nothing of a pass where there is no share to compare', () => {
    expect(said(100, 300_000, 0, 100)).toBe('')
  })
})
