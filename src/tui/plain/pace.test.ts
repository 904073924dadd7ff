import {afterEach, beforeEach, expect, test, vi} from 'vitest'
import {FakePort, RUN} from '../../../test/tui/fake-port.ts'
import {runRow} from '../../../test/tui/shop-events.ts'
import {watchPort} from '../watch-port.ts'
import {paceOf} from './pace.ts'
import {openSession} from './session.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

/** Until the state directory is looked at, and the rest of the second. */
const LOOKED_AT_MS = 300

test.each([
  [false, 0],
  [false, 249],
  [true, 0],
  [true, 137],
  [true, 599],
])('slow %s, %s ms into the pace: a question rings within a second, once', (slow, offset) => {
  const port = new FakePort()
  const alarms: string[] = []
  const session = openSession(port, {
    monotonic: () => performance.now(),
    write: () => {},
    tmux: undefined,
    quit: () => {},
    suspended: async work => work(),
    alarm: text => alarms.push(text),
  })
  const stop = watchPort(port, session.read, paceOf({slow}))
  vi.advanceTimersByTime(6000 - (Date.now() % 600) + offset)
  expect(alarms).toEqual([])
  port.world = {...port.world, runs: [runRow(RUN, {state: 'waiting', endedAt: undefined}), ...port.world.runs]}
  port.changed()
  vi.advanceTimersByTime(1000 - LOOKED_AT_MS)
  expect(alarms).toHaveLength(1)
  vi.advanceTimersByTime(5000)
  expect(alarms).toHaveLength(1)
  stop()
  session.stop()
})
