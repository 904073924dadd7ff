import {describe, expect, onTestFinished, test, vi} from 'vitest'
import {lastDue, nextDue, parseCron} from './cron.ts'
import {isZone, momentIn, zoneOffset} from './zone.ts'

const at = (text: string): number => Date.parse(text)
const last = (text: string, until: string, zone = 'UTC'): string | undefined => {
  const cron = parseCron(text)
  const due = cron && lastDue(cron, zone, {after: at(until) - 40 * 86_400_000, until: at(until)})
  return due === undefined ? undefined : new Date(due).toISOString().slice(0, 16)
}

test.each([
  ['0 3 * * *', '2026-11-26T02:59:59Z', '2026-11-25T03:00'],
  ['0 3 * * *', '2026-11-26T03:00:00Z', '2026-11-26T03:00'],
  ['*/20 * * * *', '2026-11-26T10:59:00Z', '2026-11-26T10:40'],
  ['30 8-9,17 * * mon-fri', '2026-11-28T12:00:00Z', '2026-11-27T17:30'],
  ['0 9 * * 7', '2026-11-26T00:00:00Z', '2026-11-22T09:00'],
  ['0 0 1 * *', '2026-11-26T00:00:00Z', '2026-11-01T00:00'],
  // Either of the two days, as everywhere.
  ['0 0 1 * fri', '2026-11-26T00:00:00Z', '2026-11-20T00:00'],
  ['0 0 * feb *', '2026-11-26T00:00:00Z', undefined],
])('%s before %s was due at %s', (text, until, due) => {
  expect(last(text, until)).toBe(due)
})

test.each([
  '',
  '* * * *',
  '60 * * * *',
  '* 24 * * *',
  '* * 0 * *',
  '5-1 * * * *',
  '* * * foo *',
  '*/0 * * * *',
  '1-* * * * *',
])('%j is not a schedule', text => {
  expect(parseCron(text)).toBeUndefined()
})

describe('a zone', () => {
  test('shifts what is due, and its summer time does', () => {
    expect(last('0 3 * * *', '2026-07-02T00:00:00Z', 'Europe/Berlin')).toBe('2026-07-01T01:00')
    expect(last('0 3 * * *', '2026-12-02T00:00:00Z', 'Europe/Berlin')).toBe('2026-12-01T02:00')
    // 02:30 is skipped on the day when summer time begins: it is due at the jump, as cron(8) has it.
    expect(last('30 2 * * *', '2026-03-29T12:00:00Z', 'Europe/Berlin')).toBe('2026-03-29T01:00')
  })
  test('is known or not, and gives the moment of what its clocks show', () => {
    expect([isZone('Europe/Berlin'), isZone('UTC'), isZone('Mars/Base')]).toEqual([true, true, false])
    expect(zoneOffset('Asia/Kolkata', at('2026-01-01T00:00:00Z'))).toBe(5.5 * 3_600_000)
    expect(zoneOffset('America/New_York', at('2026-01-01T00:00:00Z'))).toBe(-5 * 3_600_000)
    const berlin = (wall: string): string => new Date(momentIn('Europe/Berlin', at(`${wall}:00Z`))).toISOString()
    expect(berlin('2026-07-01T09:00')).toBe('2026-07-01T07:00:00.000Z')
    expect(berlin('2026-01-05T09:00')).toBe('2026-01-05T08:00:00.000Z')
    // Shown twice: the first of them.
    expect(berlin('2026-10-25T02:30')).toBe('2026-10-25T00:30:00.000Z')
  })
  test('has one formatter, however often it is asked', () => {
    const made = vi.spyOn(Intl, 'DateTimeFormat')
    onTestFinished(() => made.mockRestore())
    const hours = Array.from({length: 1000}, (_, hour) => at('2026-01-01T00:00:00Z') + hour * 7 * 3_600_000)
    const offsets = new Set(hours.map(hour => zoneOffset('Pacific/Chatham', hour) / 3_600_000))
    expect(offsets).toEqual(new Set([12.75, 13.75]))
    expect(made).toHaveBeenCalledTimes(1)
  })
})

describe('what comes next', () => {
  const next = (text: string, after: string, count = 3, zone = 'Europe/Berlin'): readonly string[] => {
    const cron = parseCron(text)
    return (cron === undefined ? [] : nextDue(cron, zone, {after: at(after), count})).map(due =>
      new Date(due).toISOString().slice(0, 16),
    )
  }

  test('is as many moments as are asked for, each later than the one before', () => {
    expect(next('*/30 8 * * *', '2026-11-26T07:00:00Z', 3)).toEqual([
      '2026-11-26T07:30',
      '2026-11-27T07:00',
      '2026-11-27T07:30',
    ])
    expect(next('0 0 29 2 *', '2026-11-26T00:00:00Z', 2, 'UTC')).toEqual(['2028-02-29T00:00', '2032-02-29T00:00'])
    expect(next('0 0 31 2 *', '2026-11-26T00:00:00Z', 1, 'UTC')).toEqual([])
  })

  test('in a skipped hour: a fixed time at the jump and once, others when the clocks show them', () => {
    expect(next('30 2 * * *', '2026-03-28T12:00:00Z', 2)).toEqual(['2026-03-29T01:00', '2026-03-30T00:30'])
    expect(next('0,30 2 * * *', '2026-03-28T12:00:00Z', 2)).toEqual(['2026-03-29T01:00', '2026-03-30T00:00'])
    expect(next('30 * * * *', '2026-03-29T00:00:00Z', 3)).toEqual([
      '2026-03-29T00:30',
      '2026-03-29T01:30',
      '2026-03-29T02:30',
    ])
  })

  test('in an hour that comes twice: a fixed time only the first time, others both times', () => {
    expect(next('30 2 * * *', '2026-10-24T12:00:00Z', 2)).toEqual(['2026-10-25T00:30', '2026-10-26T01:30'])
    expect(next('30 * * * *', '2026-10-25T00:00:00Z', 3)).toEqual([
      '2026-10-25T00:30',
      '2026-10-25T01:30',
      '2026-10-25T02:30',
    ])
  })

  test('agrees with a clock that is read every minute, in zones with odd shifts', () => {
    for (const zone of ['Australia/Lord_Howe', 'America/New_York', 'Asia/Kolkata', 'Pacific/Apia']) {
      const cron = parseCron('*/7 * * * *')
      const after = at('2026-03-28T00:00:00Z')
      const shown = new Intl.DateTimeFormat('en', {timeZone: zone, minute: 'numeric'})
      const minutes = Array.from({length: 2 * 1440}, (_, minute) => after + (minute + 1) * 60_000)
      const read = minutes.filter(moment => Number(shown.format(moment)) % 7 === 0)
      expect(cron && nextDue(cron, zone, {after, count: read.length})).toEqual(read)
    }
  })
})
