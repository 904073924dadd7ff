import {expect, test} from 'vitest'
import {alertBench} from '../../../test/alert-bench.ts'
import {randomFrom} from '../../../test/program/random.ts'
import {countOf, seedOr} from '../../../test/reliability/sample.ts'

const SECOND = 1000
const LENGTH_S = 900
const WAIT_S = 30
const LEAST_S = 2 * WAIT_S + 1
const NAMES = Array.from({length: 12}, (_, index) => `s${index}`)

interface Outage {
  readonly name: string
  readonly from: number
  readonly until: number
}

/** Two of each at most, so that none flaps; each stays until it was told and for as long as others wait for what was told. */
function outages(random: () => number): readonly Outage[] {
  const between = (from: number, to: number): number => from + Math.floor(random() * (to - from))
  return NAMES.flatMap(name => {
    const from = between(0, 300)
    const until = between(from + LEAST_S, 420)
    const again = between(until + LEAST_S, 650)
    const both = [
      {name, from, until},
      {name, from: again, until: between(again + LEAST_S, 800)},
    ]
    return random() < 0.5 ? both.slice(0, 1) : both
  })
}

/** When something is to be told, second by second: at once, or when the wait since the last time is over, all of it together. */
function toldByModel(due: readonly {readonly name: string; readonly at: number}[]): readonly string[] {
  const told: string[] = []
  let last = -Infinity
  let waiting: string[] = []
  for (let second = 0; second < LENGTH_S; second += 1) {
    waiting = [...waiting, ...due.flatMap(({name, at}) => (at === second ? [name] : []))]
    if (waiting.length === 0 || second < last + WAIT_S) continue
    told.push(`${second}: ${waiting.toSorted().join(' ')}`)
    last = second
    waiting = []
  }
  return told
}

test(`groups: ${countOf('L groups')} random quarters of an hour: what begins and what ends is told at once, or with all that waits for it`, async () => {
  const random = randomFrom(seedOr(20_261_127))
  for (let round = 0; round < countOf('L groups'); round += 1) {
    const plan = outages(random)
    const bench = alertBench({
      services: Object.fromEntries(NAMES.map(name => [name, []])),
      config: {failureThreshold: 1, groupInterval: '1s', groupBy: ['rule'], groupWait: `${WAIT_S}s`},
    })
    const began = bench.time.now()
    await bench.probe(Object.fromEntries(NAMES.map(name => [name, 'up'])))
    for (let second = 0; second < LENGTH_S; second += 1) {
      const falls = plan.flatMap(({name, from}) => (from === second ? [[name, 'down'] as const] : []))
      const rises = plan.flatMap(({name, until}) => (until === second ? [[name, 'up'] as const] : []))
      await bench.probe(Object.fromEntries([...falls, ...rises]))
      // Another process takes over in the middle of it.
      if (second % 97 === 0) bench.restart()
      await bench.time.advance(SECOND)
    }
    const told = (wanted: string): readonly string[] =>
      bench.sent.flatMap(({state, target, others, sentAt}) => {
        if (state !== wanted) return []
        const names = [target, ...others.map(other => other.target)].map(id => id.split('/').at(-1) ?? '')
        return [`${(Date.parse(sentAt) - began) / SECOND}: ${names.toSorted().join(' ')}`]
      })
    expect(told('firing')).toEqual(toldByModel(plan.map(({name, from: at}) => ({name, at}))))
    expect(told('resolved')).toEqual(toldByModel(plan.map(({name, until: at}) => ({name, at}))))
  }
})
