import {brotliCompressSync, deflateRawSync, deflateSync, gzipSync, zstdCompressSync} from 'node:zlib'
import {describe, expect, test} from 'vitest'
import type {ForeignDocument} from '../../../../test/foreign/foreign-document.ts'
import {FOREIGN_DOCUMENTS} from '../../../../test/foreign/health-documents.ts'
import {countOf, seedOr} from '../../../../test/reliability/sample.ts'
import {randomFrom} from '../../../../test/program/random.ts'
import {probeTools} from '../../../../test/probe-tools.ts'
import {decodeBody} from '../body.ts'
import {judgeAnswer} from '../judge.ts'
import {httpProbeSchema} from '../schema.ts'

const bodyOf = ({body}: ForeignDocument): string => (typeof body === 'string' ? body : JSON.stringify(body))

function judge(document: ForeignDocument, bytes: Buffer, headers: Record<string, string> = {}) {
  const type = document.contentType ?? 'application/json'
  const all = {'content-type': type, ...headers}
  const answer = {
    status: 200,
    location: undefined,
    headers: all,
    bytes: bytes.length,
    phases: {firstByte: 1, body: 1},
    handshake: undefined,
    ...decodeBody(bytes, false, all),
  }
  const url = `https://x.example${document.path ?? '/health'}`
  return judgeAnswer(answer, httpProbeSchema.parse({type: 'http', url}), probeTools)
}

const named = FOREIGN_DOCUMENTS.map(document => [`${document.framework}: ${document.name}`, document] as const)

test('there are at least 60 documents of 12 frameworks', () => {
  expect(FOREIGN_DOCUMENTS.length).toBeGreaterThanOrEqual(60)
  expect(new Set(FOREIGN_DOCUMENTS.map(({framework}) => framework)).size).toBeGreaterThanOrEqual(12)
})

test.each(named)('%s', async (_, document) => {
  const found = await judge(document, Buffer.from(bodyOf(document)))
  expect({status: found.status, reason: found.reason}).toMatchObject({
    status: document.health,
    reason: expect.stringContaining(document.says ?? ''),
  })
  const failing = found.checks?.filter(check => check.status !== 'up').map(check => [check.name, check.status])
  if (document.failing !== undefined) expect(Object.fromEntries(failing ?? [])).toEqual(document.failing)
  if (document.version !== undefined) expect(found.version).toBe(document.version)
})

const utf16be = (text: string): Buffer => Buffer.from(`\ufeff${text}`, 'utf16le').swap16()
const ENCODINGS: readonly (readonly [string, (text: string) => Buffer, Record<string, string>])[] = [
  ['gzip', text => gzipSync(text), {'content-encoding': 'gzip'}],
  ['br', text => brotliCompressSync(text), {'content-encoding': 'br'}],
  ['deflate', text => deflateSync(text), {'content-encoding': 'deflate'}],
  ['raw deflate', text => deflateRawSync(text), {'content-encoding': 'deflate'}],
  ['zstd', text => zstdCompressSync(text), {'content-encoding': 'zstd'}],
  ['gzip in br', text => brotliCompressSync(gzipSync(text)), {'content-encoding': 'gzip, br'}],
  ['a byte order mark', text => Buffer.from(`\ufeff${text}`), {}],
  ['UTF-16, little-endian', text => Buffer.from(`\ufeff${text}`, 'utf16le'), {}],
  ['UTF-16, big-endian', utf16be, {}],
]

describe.each(ENCODINGS)('in %s', (_, encode, headers) => {
  test('every document has the same state, reason and rows', async () => {
    for (const [, document] of named)
      expect(await judge(document, encode(bodyOf(document)), headers)).toEqual(
        await judge(document, Buffer.from(bodyOf(document))),
      )
  })
})

test.each([
  ['a coding nobody knows', {'content-encoding': 'exi'}, 'content coding exi is not understood'],
  ['a coding that is not there', {'content-encoding': 'gzip'}, 'not what its content coding gzip says'],
  [
    'a charset nobody knows',
    {'content-type': 'application/json; charset=ebcdic-xx'},
    'charset ebcdic-xx is not understood',
  ],
])('%s is degraded, never up', async (_, headers, says) => {
  const [, up] = named.find(([, {health}]) => health === 'up') as (typeof named)[number]
  expect(await judge(up, Buffer.from(bodyOf(up)), headers)).toMatchObject({
    status: 'degraded',
    reason: expect.stringContaining(says),
  })
})

/** Ways in which the same bad news may be written by somebody else. */
const MUTATIONS: readonly ((text: string, random: () => number) => string)[] = [
  text => text.toUpperCase().replaceAll(/\\N|\\U/g, match => match.toLowerCase()),
  text => text.toLowerCase(),
  (text, random) => cutAt(text, Math.floor(random() * text.length)),
  // A letter of a bad word is lost: then nobody knows the word.
  (text, random) =>
    text.replaceAll(
      /"(down|fail|failed|error|critical|red|unhealthy|nok|ko)"/gi,
      (_, word: string) => `"${loseLetter(word, random)}"`,
    ),
  text => (text.startsWith('{') ? `{"extra":{"nested":[1,2,{"a":"b"}]},${text.slice(1)}` : text),
  text => text.replaceAll('":', '" :\n\t'),
]
const cutAt = (text: string, at: number): string => (/^[{[]["{]/.test(text) ? text.slice(0, Math.max(1, at)) : text)
const loseLetter = (word: string, random: () => number): string => {
  const at = Math.floor(random() * word.length)
  return `${word.slice(0, at)}q${word.slice(at + 1)}`
}

const COUNT = countOf('W1')
const SEED = seedOr(20_261_126)

test(`W1: ${COUNT} mutations, seed ${SEED}, never turn bad news into up`, async () => {
  const random = randomFrom(SEED)
  const bad = named.filter(([, {health, sole}]) => health !== 'up' && sole !== true)
  const wrong: string[] = []
  for (let round = 0; round < COUNT; round += 1) {
    const [name, document] = bad[Math.floor(random() * bad.length)] as (typeof named)[number]
    const mutation = MUTATIONS[Math.floor(random() * MUTATIONS.length)] as (typeof MUTATIONS)[number]
    const text = mutation(bodyOf(document), random)
    const {status} = await judge(document, Buffer.from(text))
    if (status === 'up') wrong.push(`${name}: ${text}`)
  }
  expect(wrong).toEqual([])
})
