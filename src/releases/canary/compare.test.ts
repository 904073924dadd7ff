import {expect, test} from 'vitest'
import {releaseSchema} from '../config.ts'
import {lineOf} from './compare.ts'
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
