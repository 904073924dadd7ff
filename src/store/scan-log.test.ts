import {appendFileSync, closeSync, mkdtempSync, openSync, rmSync, truncateSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {crc32} from 'node:zlib'
import {expect, onTestFinished, test} from 'vitest'
import {scanLog} from './scan-log.ts'

const record = (payload: string): string =>
  `${payload.length.toString(16).padStart(8, '0')} ${crc32(payload).toString(16).padStart(8, '0')} ${payload}\n`

test('damage of any length is one part of which little is kept, and what follows it is found', () => {
  const directory = mkdtempSync(path.join(tmpdir(), 'opsconsole-scan-'))
  onTestFinished(() => rmSync(directory, {recursive: true, force: true}))
  const file = path.join(directory, 'log')
  writeFileSync(file, record('"first"'))
  const begin = record('"first"').length
  const end = 40 * 2 ** 20
  truncateSync(file, end)
  appendFileSync(file, `\n${record('"last"')}`)
  const descriptor = openSync(file, 'r')
  onTestFinished(() => closeSync(descriptor))
  const parts = [...scanLog(descriptor)].map(({kind, offset, end: until, bytes}) => ({
    kind,
    offset,
    until,
    held: bytes.length,
  }))
  const size = end + 1 + record('"last"').length
  expect(parts).toEqual([
    {kind: 'record', offset: 0, until: begin, held: begin},
    {kind: 'damage', offset: begin, until: end + 1, held: 2 ** 20},
    {kind: 'record', offset: end + 1, until: size, held: record('"last"').length},
  ])
})
