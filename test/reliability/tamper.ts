import {createHash} from 'node:crypto'
import {crc32} from 'node:zlib'

/** Files of a trail by name: `log`, and those that were sealed. */
export type Trail = Readonly<Record<string, Buffer>>

/** What somebody did to a trail, and the first record that it is about. */
export interface Tampered {
  readonly trail: Trail
  readonly from: number
  readonly what: string
}

export const hashOf = (line: Uint8Array): string => createHash('sha256').update(line).digest('hex')

/** A line with a right header, whatever its payload is. */
export function lineOf(payload: string | Uint8Array): Buffer {
  const bytes = Buffer.from(payload)
  const hex = (value: number): string => value.toString(16).padStart(8, '0')
  return Buffer.concat([Buffer.from(`${hex(bytes.length)} ${hex(crc32(bytes))} `), bytes, Buffer.from('\n')])
}

type Fields = Record<string, unknown>

/** A whole trail as docs/audit-format.md has it, written without the code under test. */
export function buildTrail({records, segments}: {readonly records: number; readonly segments: number}): Trail {
  const each = Math.ceil(records / segments)
  const bodies = Array.from({length: records}, (_, index): Fields => {
    const begins = index > 0 && index % each === 0
    return {
      v: 1,
      seq: index + 1,
      at: 1_790_000_000_000 + index * 1000,
      actor: {name: 'ada', evidence: 'kernel', uid: 1000, loginUid: 1000, from: 'host', host: 'ops1'},
      action: begins ? 'trail continued' : 'command',
      target: begins ? sealedName(index / each) : 'release:web',
      environment: 'production',
      phase: 'intent',
      ...(begins ? {detail: {segment: index / each + 1, records: index}} : {command: `printf '%s' ${index}`}),
    }
  })
  return inFiles(chained(bodies), segments)
}

const sealedName = (number: number): string => `log.${String(number).padStart(6, '0')}`

/** Lines of records that point at each other, from a record on. */
function chained(bodies: readonly Fields[], head = '0'.repeat(64)): Buffer[] {
  let prev = head
  return bodies.map(body => {
    const line = lineOf(JSON.stringify({...body, prev}))
    prev = hashOf(line)
    return line
  })
}

/** The same number of lines in each file but the last. */
function inFiles(lines: readonly Buffer[], segments: number): Trail {
  const each = Math.ceil(lines.length / segments)
  return Object.fromEntries(
    Array.from({length: segments}, (_, index) => [
      index === segments - 1 ? 'log' : sealedName(index + 1),
      Buffer.concat(lines.slice(index * each, index === segments - 1 ? undefined : (index + 1) * each)),
    ]),
  )
}

/** All lines of a trail whose lines are whole. */
export function linesOf(trail: Trail): Buffer[] {
  const all = Buffer.concat(namesOf(trail).map(name => trail[name] as Buffer))
  const lines: Buffer[] = []
  for (let at = 0; at < all.length; ) {
    const end = all.indexOf(0x0a, at) + 1
    lines.push(all.subarray(at, end))
    at = end
  }
  return lines
}

const namesOf = (trail: Trail): string[] =>
  Object.keys(trail).sort((a, b) => (a === 'log' ? 1 : b === 'log' ? -1 : a < b ? -1 : 1))
const bodyOf = (line: Buffer): Fields => JSON.parse(line.toString('utf8', 18)) as Fields
const segmentsOf = (trail: Trail): number => Object.keys(trail).length

/** The trail with other lines, in as many files. */
const withLines = (trail: Trail, lines: readonly Buffer[]): Trail => inFiles(lines, segmentsOf(trail))

/** Whether nothing was changed after all, as when a field gets the value that it has. */
export const isSame = (one: Trail, other: Trail): boolean =>
  namesOf(one).join() === namesOf(other).join() && namesOf(one).every(name => one[name]?.equals(other[name] as Buffer))

type Mutation = (trail: Trail, random: () => number) => Tampered

const upTo = (count: number, random: () => number): number => Math.floor(random() * count)

/** A record with other fields, and a right checksum. */
const edit: Mutation = (trail, random) => {
  const lines = linesOf(trail)
  const at = upTo(lines.length - 1, random)
  const body = bodyOf(lines[at] as Buffer)
  const changes: readonly Fields[] = [
    {actor: {...(body['actor'] as object), name: 'grace'}},
    {at: Number(body['at']) + 1},
    {command: 'true'},
    {at: 8.64e15 + 1},
    {at: null},
    {seq: Number(body['seq']) + 0.5},
    {seq: String(body['seq'])},
    {v: 2},
    {v: true},
    {prev: '0'.repeat(64)},
    {prev: 7},
    {added: 'x'},
  ]
  const change = changes[upTo(changes.length, random)] as Fields
  return {
    trail: withLines(trail, lines.with(at, lineOf(JSON.stringify({...body, ...change})))),
    from: at + 1,
    what: `${at + 1} ${JSON.stringify(change)}`,
  }
}

/** The same record in other bytes. */
const respell: Mutation = (trail, random) => {
  const lines = linesOf(trail)
  const at = upTo(lines.length - 1, random)
  const text = (lines[at] as Buffer).toString('utf8', 18).trimEnd()
  const spellings = [
    `${text} `,
    ` ${text}`,
    text.replace('"v":1', '"v": 1'),
    text.replace('"v":1', '"v":1.0'),
    text.replace('ada', '\\u0061da'),
    `\ufeff${text}`,
  ]
  return {
    trail: withLines(trail, lines.with(at, lineOf(spellings[upTo(spellings.length, random)] as string))),
    from: at + 1,
    what: `${at + 1}`,
  }
}

/** Bytes that no verifier may stumble over. */
const nonsense: Mutation = (trail, random) => {
  const lines = linesOf(trail)
  const at = upTo(lines.length - 1, random)
  const payloads = [
    'null',
    '[]',
    '1',
    '""',
    '{}',
    'NaN',
    '{"v":1}',
    '{"v":1,"seq":1e400,"prev":""}',
    `{"v":1,"seq":${'9'.repeat(5000)},"prev":""}`,
    '{"v":1,"seq":NaN,"prev":""}',
    '',
  ]
  const bytes = random() < 0.3 ? Buffer.from([0x7b, 0xff, 0xfe, 0x7d]) : payloads[upTo(payloads.length, random)]
  return {trail: withLines(trail, lines.with(at, lineOf(bytes as string))), from: at + 1, what: `${at + 1}`}
}

const flip: Mutation = (trail, random) => {
  const names = namesOf(trail)
  const name = names[upTo(names.length, random)] as string
  const bytes = Buffer.from(trail[name] as Buffer)
  const at = upTo(bytes.length, random)
  bytes[at] = (bytes[at] as number) ^ (1 << upTo(8, random))
  return {trail: {...trail, [name]: bytes}, from: recordAt(trail, name, at), what: `${name} byte ${at}`}
}

/** Bytes of anything between, or in the middle of, lines. */
const splice: Mutation = (trail, random) => {
  const names = namesOf(trail)
  const name = names[upTo(names.length, random)] as string
  const bytes = trail[name] as Buffer
  const at = upTo(bytes.length, random)
  const junk = Buffer.from(
    Array.from(
      {length: 1 + upTo(40, random)},
      () => [0x0a, 0x20, 0x30, 0x7b, upTo(256, random)][upTo(5, random)] as number,
    ),
  )
  const kept = random() < 0.5 ? at : Math.min(bytes.length, at + upTo(200, random))
  return {
    trail: {...trail, [name]: Buffer.concat([bytes.subarray(0, at), junk, bytes.subarray(kept)])},
    from: recordAt(trail, name, at),
    what: `${name} byte ${at}`,
  }
}

const remove: Mutation = (trail, random) => {
  const lines = linesOf(trail)
  const at = upTo(lines.length - 1, random)
  return {
    trail: withLines(trail, lines.toSpliced(at, 1 + upTo(Math.min(20, lines.length - at - 1), random))),
    from: at + 1,
    what: `${at + 1}`,
  }
}

const insert: Mutation = (trail, random) => {
  const lines = linesOf(trail)
  const at = upTo(lines.length, random)
  const forged = lineOf(JSON.stringify({...bodyOf(lines[at] as Buffer), command: 'forged'}))
  return {trail: withLines(trail, lines.toSpliced(at, 0, forged)), from: at + 1, what: `${at + 1}`}
}

const swap: Mutation = (trail, random) => {
  const lines = linesOf(trail)
  const one = upTo(lines.length - 1, random)
  const other = one + 1 + upTo(lines.length - one - 1, random)
  return {
    trail: withLines(trail, lines.with(one, lines[other] as Buffer).with(other, lines[one] as Buffer)),
    from: one + 1,
    what: `${one + 1} ${other + 1}`,
  }
}

const duplicate: Mutation = (trail, random) => {
  const lines = linesOf(trail)
  const [at, to] = [upTo(lines.length, random), upTo(lines.length, random)]
  return {
    trail: withLines(trail, lines.toSpliced(to, 0, lines[at] as Buffer)),
    from: to + 1,
    what: `${at + 1} to ${to + 1}`,
  }
}

/** The end is cut off, anywhere within the last file. */
const cut: Mutation = (trail, random) => {
  const log = trail['log'] as Buffer
  const at = upTo(log.length, random)
  return {trail: {...trail, log: log.subarray(0, at)}, from: recordAt(trail, 'log', at), what: `byte ${at}`}
}

/** The end is cut off, and right records follow. */
const cutAndContinue: Mutation = (trail, random) => {
  const lines = linesOf(trail)
  const at = 1 + upTo(lines.length - 1, random)
  const body = bodyOf(lines[at] as Buffer)
  const more = chained(
    Array.from({length: 3}, (_, index) => ({...body, seq: at + 1 + index, command: 'another'})),
    hashOf(lines[at - 1] as Buffer),
  )
  return {trail: withLines(trail, [...lines.slice(0, at), ...more]), from: at + 1, what: `${at + 1}`}
}

const olderCopy: Mutation = (trail, random) => {
  const lines = linesOf(trail)
  const at = 1 + upTo(lines.length - 1, random)
  return {trail: withLines(trail, lines.slice(0, at)), from: at + 1, what: `${at} records`}
}

/** Everything from a record on is written anew, with right checksums and links. */
const rebuild: Mutation = (trail, random) => {
  const lines = linesOf(trail)
  const at = random() < 0.3 ? 0 : upTo(lines.length, random)
  const bodies = lines.slice(at).map(line => bodyOf(line))
  const rest = chained(
    bodies.with(0, {...bodies[0], command: 'another'}),
    at === 0 ? undefined : hashOf(lines[at - 1] as Buffer),
  )
  return {trail: withLines(trail, [...lines.slice(0, at), ...rest]), from: at + 1, what: `${at + 1}`}
}

/** A sealed file is removed, renamed, or put in the place of another. */
const segments: Mutation = (trail, random) => {
  const names = namesOf(trail)
  const name = names[upTo(names.length, random)] as string
  if (names.length === 1) return {trail: {log: Buffer.alloc(0)}, from: 1, what: 'emptied'}
  const from = recordAt(trail, name, 0)
  const {[name]: bytes = Buffer.alloc(0), ...others} = trail
  // Behind all others the last sealed file would be where it is.
  const elsewhere = name === names.at(-2) ? 'log.000000' : 'log.000009'
  const ways: readonly (readonly [string, Trail])[] = [
    ['removed', name === 'log' ? {...others, log: Buffer.alloc(0)} : others],
    [
      'renamed',
      name === 'log' ? {...others, log: Buffer.alloc(0), 'log.000009': bytes} : {...others, [elsewhere]: bytes},
    ],
    ['doubled', {...trail, 'log.000009': bytes}],
    ['cut', {...trail, [name]: bytes.subarray(0, bytes.length - 1 - upTo(200, random))}],
  ]
  const [what, changed] = ways[upTo(ways.length, random)] as (typeof ways)[number]
  // What is at the end of one file, or behind all of them, is about its last record.
  const last = recordAt(trail, name, bytes.length - 1)
  return {trail: changed, from: what === 'cut' ? last - 1 : what === 'doubled' ? 1 : from, what: `${name} ${what}`}
}

/** Number of the record that holds a byte of a file. */
function recordAt(trail: Trail, name: string, at: number): number {
  const before = namesOf(trail).slice(0, namesOf(trail).indexOf(name))
  const whole = Buffer.concat([...before.map(each => trail[each] as Buffer), (trail[name] as Buffer).subarray(0, at)])
  let count = 1
  for (const byte of whole) if (byte === 0x0a) count += 1
  return count
}

const inLines = [edit, respell, nonsense, remove, insert, swap, duplicate, cutAndContinue, olderCopy, rebuild]
const inBytes = [flip, splice, cut, segments]
export const MUTATIONS: readonly Mutation[] = [...inLines, ...inBytes]
