import {execFileSync} from 'node:child_process'
import {mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {afterAll, describe, expect, test} from 'vitest'
import {verifyTrail} from '../../src/store/verify-trail.ts'
import {randomFrom} from '../program/random.ts'
import {countOf, seedOr} from './sample.ts'
import {buildTrail, hashOf, isSame, lineOf, linesOf, MUTATIONS, type Trail} from './tamper.ts'

const SCRIPT = path.join(import.meta.dirname, '../../scripts/verify-trail.py')
const SEED = seedOr(20_261_126)
const COUNT = countOf('T2')
const CLEAN = countOf('T2 clean')
const BATCH = 50

const dir = mkdtempSync(path.join(tmpdir(), 'opsconsole-tamper-'))
afterAll(() => rmSync(dir, {recursive: true}))

/** What both verifiers say of a trail, in the words that they share. */
interface Said {
  readonly verdict: string
  readonly records: number
  readonly head: string
  readonly breaks: readonly {readonly seq: number; readonly kind: string; readonly file?: string | null}[]
  readonly headIs?: number | null | undefined
}

const words = ({verdict, records, head, breaks, headIs}: Said) => ({
  verdict,
  records,
  head,
  breaks: breaks.map(({seq, kind, file}) => `${seq} ${kind} ${file ?? 'log'}`),
  headIs: headIs ?? undefined,
})

const ours = (file: string, head?: string) => words(verifyTrail(dir, file, head))

/** One process for many trails: starting Python costs more than verifying. */
const theirs = (files: readonly string[], head?: string) => {
  const args = [SCRIPT, '--json', ...(head === undefined ? [] : ['--head', head]), ...files]
  let said: string
  try {
    said = execFileSync('python3', args, {encoding: 'utf8', maxBuffer: 1 << 28})
  } catch (error) {
    said = (error as {stdout: string}).stdout
  }
  return said
    .trimEnd()
    .split('\n')
    .map(line => words(JSON.parse(line) as Said))
}

function place(name: string, trail: Trail): string {
  const directory = path.join(dir, name)
  rmSync(directory, {recursive: true, force: true})
  mkdirSync(directory)
  for (const [file, bytes] of Object.entries(trail)) writeFileSync(path.join(directory, file), bytes)
  return path.join(directory, 'log')
}

describe.each([
  ['in one file', 1],
  ['in four files', 4],
])('a trail of 1,000 records %s', (_title, segments) => {
  const clean = buildTrail({records: 1000, segments})
  const lines = linesOf(clean)
  /** A head that somebody kept, of the record in the middle. */
  const kept = 600
  const head = hashOf(lines[kept - 1] as Buffer)

  test(`T2: ${COUNT / 2} mutations, seed ${SEED}: what is below the head is named, and both verifiers say the same`, {
    timeout: 3_600_000,
  }, () => {
    const random = randomFrom(SEED + segments)
    const unseen: string[] = []
    const differ: unknown[] = []
    for (let done = 0; done < COUNT / 2; done += BATCH) {
      const tried = Array.from({length: Math.min(BATCH, COUNT / 2 - done)}, (_, index) => {
        const mutation = MUTATIONS[(done + index) % MUTATIONS.length] as (typeof MUTATIONS)[number]
        const {trail, from, what} = mutation(clean, random)
        const first = isSame(clean, trail) ? Number.POSITIVE_INFINITY : from
        return {file: place(`${segments}-${index}`, trail), from: first, what: `${mutation.name}: ${what}`}
      })
      const python = theirs(
        tried.map(({file}) => file),
        head,
      )
      for (const [index, {file, from, what}] of tried.entries()) {
        const found = ours(file, head)
        if (JSON.stringify(found) !== JSON.stringify(python[index])) differ.push({what, found, python: python[index]})
        // At or below the kept head nothing may pass. Above it a rest that was written anew, or cut off, cannot be told.
        if (from <= kept && found.verdict === 'VERIFIED') unseen.push(what)
      }
    }
    expect({unseen, differ: differ.slice(0, 3)}).toEqual({unseen: [], differ: []})
  })

  test(`${CLEAN / 2} clean trails, each of its own, are verified by both, with a head of each (seed ${SEED})`, {
    timeout: 3_600_000,
  }, () => {
    const random = randomFrom(SEED + 7 * segments)
    const alarms: unknown[] = []
    for (let done = 0; done < CLEAN / 2; done += BATCH) {
      const made = Array.from({length: Math.min(BATCH, CLEAN / 2 - done)}, (_, index) => {
        const own = buildTrail({records: 4 + Math.floor(random() * 300), segments})
        const all = linesOf(own)
        const seq = 1 + Math.floor(random() * all.length)
        return {file: place(`clean-${segments}-${index}`, own), seq, head: hashOf(all[seq - 1] as Buffer)}
      })
      const python = theirs(made.map(({file}) => file))
      for (const [index, {file, seq, head: its}] of made.entries()) {
        const found = ours(file, its)
        if (found.verdict !== 'VERIFIED' || found.breaks.length > 0 || found.headIs !== seq) alarms.push(found)
        if (JSON.stringify(ours(file)) !== JSON.stringify(python[index])) alarms.push(python[index])
      }
    }
    expect(alarms).toEqual([])
  })
})

describe('T3', () => {
  const clean = buildTrail({records: 60, segments: 3})
  const head = hashOf(linesOf(clean).at(-1) as Buffer)
  test.each([
    ['cut and continued', 'cutAndContinue', '0 head log'],
    ['replaced by an older copy', 'olderCopy', '0 head log'],
    ['with a record hidden', 'remove', 'missing'],
    ['rebuilt from the first record on', 'rebuild', '0 head log'],
  ])('%s: named by both', (_title, name, says) => {
    const mutation = MUTATIONS.find(each => each.name === name)
    const {trail} = mutation?.(clean, randomFrom(SEED)) ?? {trail: {}}
    const file = place('t3', trail)
    expect(ours(file, head).breaks.join()).toContain(says)
    expect(theirs([file], head)).toEqual([ours(file, head)])
  })
})

describe('what was done to trails in earnest, judged by both', () => {
  const clean = buildTrail({records: 40, segments: 1})
  const lines = linesOf(clean)
  const rewritten = (at: number, change: Record<string, unknown>): Buffer =>
    lineOf(JSON.stringify({...(JSON.parse((lines.at(at) as Buffer).toString('utf8', 18)) as object), ...change}))
  const overwritten = (...places: readonly number[]): Buffer => {
    const bytes = Buffer.concat(lines)
    for (const at of places) bytes[at] = 0x5a
    return bytes
  }
  const trails: readonly (readonly [string, Trail, string])[] = [
    ['deleted while a run went on', {}, 'CANNOT VERIFY 0 gone log'],
    ['emptied', {log: Buffer.alloc(0)}, 'CANNOT VERIFY 0 gone log'],
    ['a record in the middle taken out', {log: Buffer.concat(lines.toSpliced(3, 1))}, 'TAMPERED 4 missing log'],
    ['two bytes overwritten', {log: overwritten(900, 4000)}, 'TAMPERED'],
    [
      'a date out of range in the last record',
      {log: Buffer.concat(lines.with(39, rewritten(39, {at: 8.64e15 + 1})))},
      'TAMPERED 40 edited log',
    ],
    [
      'the name of whoever did it changed',
      {log: Buffer.concat(lines.with(9, rewritten(9, {actor: {name: 'grace'}})))},
      'TAMPERED 10 edited log',
    ],
    [
      'a record forged at the end',
      {log: Buffer.concat([...lines, rewritten(-1, {seq: 41})])},
      'TAMPERED 40 edited log',
    ],
    [
      'a writer dead within its record',
      {log: Buffer.concat([...lines, lineOf('{"v":1}').subarray(0, 20)])},
      'INCOMPLETE 41 torn tail log',
    ],
    [
      'another format altogether',
      {log: Buffer.from('2026-11-26 root did something\n'.repeat(9))},
      'TAMPERED 1 edited log',
    ],
    ['nobody', clean, 'VERIFIED'],
  ]
  test.each(trails)('%s', (_title, trail, says) => {
    const file = place('earnest', trail)
    const {verdict, breaks} = ours(file)
    expect([verdict, ...breaks].join(' ')).toContain(says)
    expect(theirs([file])).toEqual([ours(file)])
  })

  test('one of thirty thousand records, verified in the memory that one needs', () => {
    const file = place('long', buildTrail({records: 30_000, segments: 3}))
    expect(ours(file)).toMatchObject({verdict: 'VERIFIED', records: 30_000})
    expect(theirs([file])).toEqual([ours(file)])
  })
})

test('the format that is documented is the one that is read', () => {
  const text = readFileSync('docs/audit-format.md', 'utf8')
  for (const kind of ['torn tail', 'edited', 'unreadable', 'missing', 'reordered'])
    expect(text).toContain(`\`${kind}\``)
})
