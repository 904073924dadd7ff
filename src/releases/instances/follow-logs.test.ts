import {expect, test, vi} from 'vitest'
import {createRedactor} from '../../text/redact.ts'
import {followLogs} from './follow-logs.ts'

const soon = (look: () => void): Promise<void> => vi.waitFor(look, {timeout: 20_000})

/** A source that prints what the test says, when it says so. */
function source({room = 1000} = {}) {
  const readings: {take: (text: string) => void; end: (error?: Error) => void; signal: AbortSignal}[] = []
  const spools: {lines: string[]; closed: boolean}[] = []
  let at = 0
  const logs = followLogs({
    stream: (signal, take) => {
      const ended = Promise.withResolvers<void>()
      readings.push({
        take: text => take(Buffer.from(text)),
        end: error => (error ? ended.reject(error) : ended.resolve()),
        signal,
      })
      return ended.promise
    },
    openSpool: () => {
      const own = {lines: [] as string[], closed: false}
      spools.push(own)
      return {
        append: lines => {
          if (own.lines.length + lines.length > room) return false
          own.lines.push(...lines)
          return true
        },
        size: () => own.lines.length,
        close: () => {
          own.closed = true
        },
        own,
      }
    },
    redactor: createRedactor(['s3cret-value']),
    changed: () => {},
    monotonic: () => at,
  })
  return {
    logs,
    readings,
    spools,
    pass: (ms: number) => {
      at += ms
    },
    lines: (follow = true) => logs.now(follow).spool.own.lines,
    ended: () => soon(() => expect(logs.now(false).reading).toBe(false)),
  }
}

test('the first lines are there while the source still prints, without secrets and control characters', () => {
  const {logs, readings, lines} = source()
  readings[0]?.take('one\ntoken=s3cret-value \x1b[31mred\x1b[0m\nhal')
  expect(lines()).toEqual(['one', 'token=[redacted] red'])
  expect(logs.now(true)).toMatchObject({reading: true, trouble: undefined})
  readings[0]?.take('f\n')
  expect(lines()).toEqual(['one', 'token=[redacted] red', 'half'])
})

test('a source that ended is read again while somebody follows it, and what it says replaces the old', async () => {
  const {readings, spools, pass, lines, ended} = source()
  readings[0]?.take('old\n')
  readings[0]?.end()
  await ended()
  pass(2000)
  lines()
  expect(readings).toHaveLength(1)
  pass(2000)
  lines(false)
  expect(readings).toHaveLength(1)
  lines()
  expect(readings).toHaveLength(2)
  readings[1]?.take('old\nnew\n')
  expect(lines()).toEqual(['old'])
  readings[1]?.end()
  await soon(() => expect(lines()).toEqual(['old', 'new']))
  await soon(() => expect(spools[0]?.closed).toBe(true))
})

test('a source that fails later leaves what was read, and says why', async () => {
  const {logs, readings, pass, lines, ended} = source()
  readings[0]?.take('old\n')
  readings[0]?.end()
  await ended()
  pass(4000)
  lines()
  readings[1]?.end(new Error('no such container'))
  await soon(() => expect(logs.now(true).trouble).toBe('no such container'))
  expect(lines()).toEqual(['old'])
})

test('a source that is longer than there is room for is stopped and shows its beginning', async () => {
  const {logs, readings, lines} = source({room: 2})
  readings[0]?.take('one\ntwo\n')
  readings[0]?.take('three\n')
  expect(readings[0]?.signal.aborted).toBe(true)
  expect(lines()).toEqual(['one', 'two'])
  expect(logs.now(true).trouble).toContain('its beginning is shown')
})

test('whoever looks no more stops the source, and nothing stays open', async () => {
  const {logs, readings, spools} = source()
  logs.stop()
  expect(readings[0]?.signal.aborted).toBe(true)
  readings[0]?.end(new Error('stopped'))
  await soon(() => expect(spools[0]?.closed).toBe(true))
})
