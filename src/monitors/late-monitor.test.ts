import {expect, test, vi} from 'vitest'
import {lateMonitor} from './late-monitor.ts'
import type {WatcherStatus} from './lease.ts'

const before: WatcherStatus = {
  state: 'elsewhere',
  holder: 'agent on web1 (pid 4711)',
  lastSampleAt: 1,
  inForce: undefined,
  trouble: undefined,
}

function opened() {
  const calls: string[] = []
  const said = {...before, state: 'here', since: 0, scheduler: undefined as never, notifications: []} as const
  const monitor = {
    start: () => void calls.push('start'),
    status: () => said,
    refresh: () => void calls.push('refresh'),
    stop: () => {
      calls.push('stop')
      return Promise.resolve([])
    },
  }
  return {calls, monitor}
}

test('until it is there it tells what is known without it, and it is opened when everything at hand is done', async () => {
  const {calls, monitor} = opened()
  const changed = vi.fn<() => void>()
  const open = vi.fn<() => Promise<typeof monitor>>(() => Promise.resolve(monitor))
  const late = lateMonitor({open, before: () => before, changed})
  late.refresh()
  await Promise.resolve()
  expect(late.status()).toEqual(before)
  expect(open).not.toHaveBeenCalled()
  await vi.waitFor(() => expect(changed).toHaveBeenCalled(), {timeout: 60_000})
  expect(late.status()).toMatchObject({state: 'here'})
  late.refresh()
  await late.stop()
  expect(calls).toEqual(['start', 'refresh', 'stop'])
})

test('left before it was opened, nothing is opened', async () => {
  const {calls, monitor} = opened()
  const open = vi.fn<() => Promise<typeof monitor>>(() => Promise.resolve(monitor))
  const late = lateMonitor({open, before: () => before, changed: () => {}})
  expect(await late.stop()).toEqual([])
  expect(open).not.toHaveBeenCalled()
  expect(calls).toEqual([])
})

test('a monitor that cannot be opened is told as its trouble', async () => {
  const changed = vi.fn<() => void>()
  const late = lateMonitor({open: () => Promise.reject(new Error('no thread')), before: () => before, changed})
  await vi.waitFor(() => expect(changed).toHaveBeenCalled(), {timeout: 60_000})
  expect(late.status()).toMatchObject({state: 'nobody', trouble: 'no thread'})
  await late.stop()
})
