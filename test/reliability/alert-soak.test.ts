import {expect, test} from 'vitest'
import type {ServiceState} from '../../src/monitors/sample.ts'
import {alertBench, INTERVAL_MS} from '../alert-bench.ts'
import {randomFrom} from '../program/random.ts'
import {countOf, seedOr} from './sample.ts'

/** Thirty services need one database; each probe fails by chance once in a hundred. */
const NAMES = Array.from({length: 30}, (_, index) => `app-${index}`)
const SERVICES = {db: [], lonely: [], ...Object.fromEntries(NAMES.map(name => [name, ['db']]))}
const ALL = Object.keys(SERVICES)
const NOISE = 0.01

/** Real faults of the two hours, by probe: of the database and all that need it, of one alone, of one beside the database. */
const FAULTS: readonly {readonly names: readonly string[]; readonly from: number; readonly until: number}[] = [
  {names: ['lonely'], from: 30, until: 50},
  {names: ['db', ...NAMES], from: 80, until: 110},
  {names: ['app-7'], from: 150, until: 170},
  {names: ['db', ...NAMES], from: 190, until: 210},
]
const ROUNDS = 240

test('L soak: two hours of probes with one in a hundred failing by chance: no fault is missed, nobody is notified falsely, one cause is one notification', {
  timeout: 600_000,
}, async () => {
  const seed = seedOr(20_261_126)
  for (let soak = 0; soak < countOf('L soak'); soak += 1) {
    const random = randomFrom(seed + soak)
    const bench = alertBench({services: SERVICES})
    const inRow = new Map<string, number>()
    // Three in a row are a fault, by whatever chance: about one in a hundred of these soaks would have one.
    const byChance = (name: string): boolean => {
      const failed = random() < NOISE && (inRow.get(name) ?? 0) < 2
      inRow.set(name, failed ? (inRow.get(name) ?? 0) + 1 : 0)
      return failed
    }
    for (let round = 0; round < ROUNDS; round += 1) {
      const broken = new Set(FAULTS.flatMap(({names, from, until}) => (round >= from && round < until ? names : [])))
      const states = ALL.map((name): [string, ServiceState] => [
        name,
        broken.has(name) || byChance(name) ? 'down' : 'up',
      ])
      await bench.probe(Object.fromEntries(states))
      await bench.time.advance(INTERVAL_MS)
      // The agent is restarted in the middle of everything.
      if (round % 37 === 0) bench.restart()
    }
    expect(bench.sent.map(({state, target}) => `${state} ${target.slice(13)}`)).toEqual(
      ['lonely', 'db', 'app-7', 'db'].flatMap(name => [`firing ${name}`, `resolved ${name}`]),
    )
    expect(bench.alertStore.since(Number.MAX_SAFE_INTEGER).filter(({state}) => state === 'firing')).toEqual([])
  }
})
