import {describe, expect, test} from 'vitest'
import {keepLogEnds} from './log-ends.ts'
import {type LogStream, type LogStreams, type Receiver, receiversOf} from './receivers.ts'
import {parseLsn} from './wal/segment.ts'

const NOW = 1_000_000
const stream = (changes: Partial<LogStream> = {}): LogStream => ({
  name: 'vault',
  state: 'streaming',
  sync: 'async',
  flushed: '0/5000000',
  ...changes,
})
const log = (streams: readonly LogStream[], changes: Partial<LogStreams> = {}): LogStreams => ({
  end: '0/5000000',
  commits: 'on',
  seen: true,
  streams,
  ...changes,
})
const at = (position: string): bigint => parseLsn(position) ?? 0n
/** Ten and twenty seconds ago the log ended there. */
function known(): (position: bigint) => number | undefined {
  const ends = keepLogEnds()
  ends.note({at: NOW - 20_000, position: at('0/4000000')})
  ends.note({at: NOW - 10_000, position: at('0/4800000')})
  return ends.before
}
const only = (of: LogStreams): Receiver | undefined => receiversOf(['vault'], of, NOW, known())[0]

test.each<[string, LogStreams, Partial<Receiver>]>([
  ['has all of it', log([stream()]), {state: 'following', behindBytes: 0, lossMs: 0}],
  [
    'is behind: since the last moment at which it had all',
    log([stream({flushed: '0/4900000'})]),
    {state: 'following', behindBytes: 0x700000, lossMs: 10_000},
  ],
  ['is further behind', log([stream({flushed: '0/4000000'})]), {lossMs: 20_000}],
  [
    'is behind since before anybody looked',
    log([stream({flushed: '0/3000000'})]),
    {state: 'following', lossMs: undefined},
  ],
  [
    'is waited for: what it lacks was confirmed to nobody',
    log([stream({sync: 'sync', flushed: '0/4900000'})]),
    {state: 'waited for', behindBytes: 0x700000, lossMs: 0},
  ],
  ...['off', 'local', 'remote_write'].map((commits): [string, LogStreams, Partial<Receiver>] => [
    `is synchronous while commits are ${commits}`,
    log([stream({sync: 'sync', flushed: '0/4900000'})], {commits}),
    {state: 'following', lossMs: 10_000},
  ]),
  [
    'is one of several that may answer',
    log([stream({sync: 'quorum', flushed: '0/4900000'})]),
    {state: 'following', lossMs: 10_000},
  ],
  [
    'would be the next to be waited for',
    log([stream({sync: 'potential', flushed: '0/4900000'})]),
    {state: 'following', lossMs: 10_000},
  ],
  [
    'came again while the server still has its connection before',
    log([stream({flushed: '0/3000000'}), stream({flushed: '0/4900000'})]),
    {lossMs: 10_000},
  ],
  ['does not say what is on its disk', log([stream({flushed: null})]), {state: 'no flush told', lossMs: undefined}],
  ['is another one', log([stream({name: 'standby'})]), {state: 'not connected', lossMs: undefined}],
  [
    'is there, and the role may see no more than that',
    log([stream({state: null, sync: null, flushed: null})], {seen: false}),
    {state: 'not seen', behindBytes: undefined, lossMs: undefined},
  ],
  ['streams from a server that does not say where its log ends', log([stream()], {end: ''}), {state: 'no flush told'}],
])('a receiver that %s', (_what, of, expected) => expect(only(of)).toMatchObject(expected))

test('each that is named is told of, in the order of the configuration, whoever else streams', () => {
  const found = receiversOf(['attic', 'vault'], log([stream({name: 'standby'}), stream()]), NOW, known())
  expect(found.map(({name, state}) => [name, state])).toEqual([
    ['attic', 'not connected'],
    ['vault', 'following'],
  ])
})

test('what does not protect says why, and what to do', () => {
  const said = [
    log([]),
    log([stream({flushed: null})], {seen: false}),
    log([stream({flushed: null})]),
    log([stream()]),
  ].map(of => only(of)?.fault)
  expect(said).toEqual([
    'the WAL receiver vault is not connected',
    'what the WAL receiver vault has is not seen: the role needs pg_monitor (GRANT pg_monitor TO it)',
    'the WAL receiver vault does not say what it has on its disk: it needs --synchronous',
    undefined,
  ])
})

describe('where the log ended', () => {
  test('of one that stands still the last moment counts', () => {
    const ends = keepLogEnds()
    for (const moment of [1, 2, 3]) ends.note({at: moment, position: 7n})
    expect(ends.before(7n)).toBe(3)
    expect(ends.before(6n)).toBeUndefined()
  })

  test('a log that became shorter, or a clock that was set back, begins again', () => {
    for (const later of [
      {at: 3, position: 5n},
      {at: 0, position: 9n},
    ]) {
      const ends = keepLogEnds()
      ends.note({at: 1, position: 6n})
      ends.note(later)
      expect(ends.before(100n)).toBe(later.at)
      expect(ends.before(4n)).toBeUndefined()
    }
  })

  test('only so many are kept', () => {
    const ends = keepLogEnds()
    for (let moment = 0; moment < 1000; moment += 1) ends.note({at: moment, position: BigInt(moment)})
    expect(ends.before(999n)).toBe(999)
    expect(ends.before(10n)).toBeUndefined()
  })
})
