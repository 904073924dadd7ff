import {expect, test} from 'vitest'
import {releaseSchema} from '../config.ts'
import {lineOf, openNews} from './compare.ts'
import {openHaproxy} from '../traffic/haproxy/haproxy.ts'
import {newCanary} from './observe.ts'

const config = releaseSchema.parse({
  name: 'shop',
  traffic: {type: 'haproxy', socket: '/none', backend: 'none'},
  instances: {type: 'command', deploy: ['none'], stop: ['none']},
  slots: ['blue', 'green'].map(name => ({name, instances: [{name: `${name}-1`, url: `http://${name}`}]})),
})

const traffic = openHaproxy({type: 'haproxy', socket: '/none', backend: 'none'})

test.each([
  [Number.POSITIVE_INFINITY, 'evidence ████████████████████ more than 1e308 of 1000'],
  [1000, 'evidence ████████████████████ 1000.0 of 1000'],
  [1, 'evidence ░░░░░░░░░░░░░░░░░░░░ 1.0 of 1000'],
])('evidence of %d is a line of whole numbers', (evidence, words) => {
  const judgement = {...newCanary({config, traffic}, 'green').judge.now(), evidence, bound: 1000}
  const line = lineOf(newCanary({config, traffic}, 'green'), judgement, 1000)
  expect(line).toContain(words)
  expect(line).not.toMatch(/Infinity|NaN/)
})

test('looks that find the same are told every half a minute, what is new at once', () => {
  const same = newCanary({config, traffic}, 'green').judge.now()
  const isNews = openNews()
  const told = (judgement: typeof same, from: number, to: number): number =>
    Array.from({length: (to - from) / 250}, (_, look) => from + look * 250).filter(ms => isNews(judgement, ms)).length
  expect(told(same, 0, 60_000)).toBe(2)
  expect(told({...same, verdict: 'pass'}, 60_000, 90_000)).toBe(1)
  // Half of the way to the bound, which is one of logarithms.
  expect(told({...same, verdict: 'pass', evidence: Math.sqrt(same.bound)}, 90_000, 100_000)).toBe(1)
})

test('what changes with every look is told every two seconds at most', () => {
  const same = newCanary({config, traffic}, 'green').judge.now()
  const isNews = openNews()
  const looks = Array.from({length: 40}, (_, look) => look)
  const verdicts = ['pass', 'inconclusive'] as const
  expect(looks.filter(look => isNews({...same, verdict: verdicts[look % 2] ?? 'pass'}, look * 250))).toHaveLength(5)
})
