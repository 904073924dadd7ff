import {mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {afterAll, beforeAll, describe, expect, test} from 'vitest'
import {OpsError} from '../errors.ts'
import {decodeRecords, encodeRecord, openLog, readLog} from './append-log.ts'

let dir = ''
beforeAll(() => {
  dir = mkdtempSync(path.join(tmpdir(), 'opsconsole-log-'))
})
afterAll(() => rmSync(dir, {recursive: true, force: true}))

const payloads = Array.from({length: 12}, (_, index) => JSON.stringify({n: index, text: 'é'.repeat(index)}))
const whole = Buffer.concat(payloads.map(encodeRecord))
const starts = payloads.map((_, index) =>
  payloads.slice(0, index).reduce((sum, payload) => sum + encodeRecord(payload).length, 0),
)

describe('a log that was cut or altered', () => {
  test('one that was grown to gigabytes is damaged, and not read', () => {
    const file = path.join(dir, 'grown')
    writeFileSync(file, whole)
    truncateSync(file, 3 * 2 ** 30)
    expect(() => readLog(file)).toThrow(
      expect.objectContaining({
        code: 'state/damaged',
        message: expect.stringContaining('larger than 256 MB') as string,
      }) as Error,
    )
  })

  test('cut at every byte: every whole record is kept, the rest is reported, nothing is accepted in part', () => {
    for (let size = 0; size <= whole.length; size += 1) {
      const {records, end, torn} = decodeRecords(whole.subarray(0, size))
      const complete = starts.filter(
        (start, index) => start + encodeRecord(payloads[index] as string).length <= size,
      ).length
      expect(records.map(record => record.payload)).toEqual(payloads.slice(0, complete))
      expect(end + torn).toBe(size)
    }
  })

  test('every flipped bit is found and the right record is named', () => {
    for (let bit = 0; bit < whole.length * 8; bit += 1) {
      const flipped = Buffer.from(whole)
      const at = bit >> 3
      flipped[at] = (flipped[at] as number) ^ (1 << (bit & 7))
      const record = starts.findLastIndex(start => start <= at) + 1
      const last = record === payloads.length
      let contents: ReturnType<typeof decodeRecords> | undefined
      let error: unknown
      try {
        contents = decodeRecords(flipped)
      } catch (thrown) {
        error = thrown
      }
      if (error instanceof Error) expect(error.message).toContain(`record ${record} at byte ${starts[record - 1]}`)
      // Only in the last record can a broken length look like a cut-off tail: it is reported, not accepted.
      else
        expect(last && contents !== undefined && contents.records.length === record - 1 && contents.torn > 0).toBe(true)
    }
  })

  test('an incomplete last record is put aside when the log is opened, and writing goes on', () => {
    const file = path.join(dir, 'torn')
    writeFileSync(file, whole.subarray(0, whole.length - 5))
    const log = openLog(file)
    expect(log.cut).toBeGreaterThan(0)
    log.append('"after"')
    log.close()
    expect(readLog(file).records.map(record => record.payload)).toEqual([...payloads.slice(0, -1), '"after"'])
    expect(readFileSync(`${file}.torn-${starts.at(-1)}`)).toEqual(whole.subarray(starts.at(-1), whole.length - 5))
  })
})

describe('a disk that fails', () => {
  const real = {write: (_fd: number, bytes: Buffer) => bytes.length, sync: () => {}, truncate: () => {}}

  test('a short write is not acknowledged and leaves no half record', () => {
    const file = path.join(dir, 'short')
    const sizes: number[] = []
    const log = openLog(file, {...real, write: () => 3, truncate: (_fd, size) => sizes.push(size)})
    expect(() => log.append('"x"')).toThrow(OpsError)
    expect(sizes).toEqual([0])
    log.close()
  })

  test('after a failed sync nothing more is acknowledged', () => {
    let fail = true
    const log = openLog(path.join(dir, 'sync'), {
      ...real,
      sync: () => {
        if (fail) throw Object.assign(new Error('EIO: i/o error'), {code: 'EIO'})
      },
    })
    expect(() => log.append('"x"')).toThrow(/could not be made durable/)
    fail = false
    expect(() => log.append('"y"')).toThrow(/could not be made durable/)
    log.close()
  })

  test('a full disk says so and recovers by itself when there is space again', () => {
    let full = true
    const log = openLog(path.join(dir, 'full'), {
      ...real,
      write: (_fd, bytes) => {
        if (full) throw Object.assign(new Error('ENOSPC'), {code: 'ENOSPC'})
        return bytes.length
      },
    })
    expect(() => log.append('"x"')).toThrow(expect.objectContaining({code: 'state/full'}) as Error)
    full = false
    expect(() => log.append('"y"')).not.toThrow()
    log.close()
  })
})
