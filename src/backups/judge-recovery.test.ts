import {describe, expect, test} from 'vitest'
import {judgeRecovery, recoveryOf} from './judge-recovery.ts'
import {physicalEntries} from './physical-entries.ts'
import {judgeRepository} from './methods/pgbackrest/judge-repository.ts'
import {parseArchive} from './methods/pgbackrest/read-archive.ts'
import {parseInfo} from './methods/pgbackrest/read-info.ts'
import type {Receiver} from './receivers.ts'
import type {RepositoryView} from './methods/repository.ts'
import {segmentName} from './wal/segment.ts'

const SEGMENT = 16 * 1024 * 1024
const NOW = Date.UTC(2026, 10, 26, 12)
const SECONDS = NOW / 1000
const segment = (number: number, timeline = 1): string => segmentName({timeline, number}, SEGMENT)
const lsn = (number: number, offset = 0x28): string =>
  `${Math.floor(number / 256).toString(16)}/${((number % 256) * SEGMENT + offset).toString(16)}`

interface Made {
  readonly label: string
  readonly from: number
  readonly to?: number
  readonly minutesAgo: number
  readonly type?: string
  readonly error?: boolean
  readonly reference?: readonly string[]
}

/** The answer of 2.45; that of 2.59 has other keys where `newer`. */
const infoText = (backups: readonly Made[], newer = false): string =>
  JSON.stringify([
    {
      archive: [{database: {id: 1, 'repo-key': 1}, id: '15-1', max: segment(9), min: segment(1)}],
      backup: backups.map(({label, from, to = from, minutesAgo, type = 'full', error = false, reference = null}) => ({
        archive: {start: segment(from), stop: segment(to)},
        database: {id: 1, 'repo-key': 1},
        ...(newer ? {} : {error}),
        info: {size: 1000, delta: 900, repository: newer ? {delta: 90, 'delta-map': 3} : {size: 100, delta: 90}},
        label,
        lsn: {start: lsn(from), stop: lsn(to, 0x100)},
        reference,
        timestamp: {start: SECONDS - minutesAgo * 60 - 5, stop: SECONDS - minutesAgo * 60},
        type,
      })),
      cipher: 'aes-256-cbc',
      db: [{id: 1, 'repo-key': 1, 'system-id': 77, version: '15'}],
      name: 'main',
      repo: [
        {
          cipher: 'aes-256-cbc',
          key: 1,
          status: {code: 0, message: 'ok', ...(newer ? {lock: {backup: {held: true, 'size-cplt': 1, size: 2}}} : {})},
        },
      ],
      status: {code: 0, message: 'ok', ...(newer ? {} : {lock: {backup: {held: false}}})},
    },
  ])

const listing = (numbers: readonly number[], timeline = 1): string =>
  JSON.stringify({
    '.': {type: 'path'},
    ...Object.fromEntries(
      numbers.map(number => [
        `dir/${segment(number, timeline)}-${'a'.repeat(40)}.zst`,
        {type: 'file', size: 5, time: SECONDS - 60 * (20 - number)},
      ]),
    ),
    [`dir/${segment(2)}.00000028.backup`]: {type: 'file', size: 5, time: 1},
  })

const FULL = '20261126-110000F'
const LATER = '20261126-113000F'
const range = (from: number, to: number): readonly number[] => Array.from({length: to - from + 1}, (_, at) => from + at)

function view(backups: readonly Made[], numbers: readonly number[], newer = false): RepositoryView {
  const info = parseInfo(infoText(backups, newer), 'main')
  const found = parseArchive(listing(numbers), info.segmentBytes)
  return judgeRepository(
    'main',
    info,
    {...found, directories: new Map([[1, new Set(backups.map(({label}) => label))]])},
    [],
  )
}
const none = {verified: undefined, restored: undefined, hold: undefined}
const live = {
  failingSince: undefined,
  failures: 0,
  systemIdentifier: '77',
  lsn: lsn(16, 0x30),
  mode: 'on',
  timeoutMs: 0,
  quietSince: '',
  log: {end: lsn(16, 0x30), commits: 'on', seen: true, streams: []},
}
const judge = (
  seen: RepositoryView,
  archiver: typeof live | undefined = live,
  rpoMs = 600_000,
  receivers: readonly Receiver[] = [],
) =>
  judgeRecovery(
    recoveryOf(seen, archiver, NOW, receivers),
    physicalEntries(seen, () => none),
    {rpoMs, maxAgeMs: 7_200_000},
    NOW,
  )

const whole = (newer = false): RepositoryView => view([{label: FULL, from: 2, minutesAgo: 60}], range(1, 15), newer)

test('both shapes of the answer of info are understood', () => {
  for (const newer of [false, true]) {
    const seen = whole(newer)
    expect(seen).toMatchObject({
      cipher: 'aes-256-cbc',
      busy: newer,
      readable: [{number: 1, cipher: 'aes-256-cbc', archiveId: '15-1'}],
      repositoryFaults: [],
      systemIdentifier: '77',
      holes: [],
    })
    expect(seen.backups[0]).toMatchObject({label: FULL, storedBytes: 90, fault: undefined})
    expect(judge(seen).status).toBe('up')
  }
})

test('what a wrong passphrase made of a catalogue is read as far as it goes', () => {
  const text = infoText([{label: FULL, from: 2, minutesAgo: 60}]).replace('"message":"ok"', '"message":"o\u0001\nk"')
  expect(parseInfo(text, 'main').backups).toHaveLength(1)
})

test('identifiers keep all their digits, and the size of segments is told from positions', () => {
  const text = infoText([{label: FULL, from: 2, minutesAgo: 60}]).replace(
    '"system-id":77',
    '"system-id":7712591075950502371',
  )
  expect(parseInfo(text, 'main')).toMatchObject({systemIdentifier: '7712591075950502371', segmentBytes: SEGMENT})
})

describe('of several repositories', () => {
  type Text = Record<string, unknown>
  const ok = {code: 0, message: 'ok'}
  /** The answer for a first repository and what is said of a second. */
  function two(second: {status: object; cipher?: string; backups?: readonly Made[]; systemId?: number}): Text {
    const [first] = JSON.parse(infoText([{label: FULL, from: 2, minutesAgo: 60}])) as [
      Text & {backup: object[]; db: object[]; archive: object[]},
    ]
    const [other] = JSON.parse(infoText(second.backups ?? [])) as [{backup: {database: object}[]}]
    const database = {id: 1, 'repo-key': 2}
    return {
      ...first,
      cipher: 'mixed',
      // What it says of an empty second repository, too.
      status: {code: 4, message: 'different across repos', lock: {backup: {held: false}}},
      repo: [
        {cipher: 'aes-256-cbc', key: 1, status: ok},
        {cipher: second.cipher ?? 'none', key: 2, status: second.status},
      ],
      db: [...first.db, {...database, 'system-id': second.systemId ?? 77, version: '15'}],
      archive: [...first.archive, {id: '15-1', database, min: null, max: null}],
      backup: [...first.backup, ...other.backup.map(each => ({...each, database}))],
    }
  }
  const info = (text: Text) => parseInfo(JSON.stringify([text]), 'main')

  test('one that is empty keeps nobody from the other, and is named', () => {
    expect(info(two({status: {code: 2, message: 'no valid backups'}}))).toMatchObject({
      cipher: 'aes-256-cbc, none in repository 2',
      repositories: 2,
      readable: [{number: 1}, {number: 2, cipher: 'none'}],
      repositoryFaults: ['repository 2 holds no backup'],
      backups: [{label: FULL, repository: 1}],
    })
  })

  test.each([
    [
      {code: 99, message: '[PathOpenError] no'},
      'none',
      'repository 2: it cannot be used (status 99): [PathOpenError] no',
    ],
    [
      {code: 99, message: '[CryptoError] bad'},
      'aes-256-cbc',
      'repository 2: wrong key, or both copies of its catalogue are damaged (status 99)',
    ],
  ])('one that cannot be read (%j) keeps nobody from the other, and is named', (status, cipher, said) => {
    const found = info(two({status, cipher}))
    expect([found.readable.map(({number}) => number), found.repositoryFaults]).toEqual([[1], [said]])
  })

  test('backups of another cluster in one of them are not this one’s', () => {
    const found = info(two({status: ok, systemId: 78, backups: [{label: LATER, from: 3, minutesAgo: 30}]}))
    expect(found.repositoryFaults).toEqual(['repository 2 belongs to another cluster'])
    expect(found.backups.map(({label}) => label)).toEqual([FULL])
  })

  test('a backup is looked for where it is, and a segment in all of them', () => {
    const found = info(two({status: ok, backups: [{label: LATER, from: 9, minutesAgo: 30}]}))
    const [even, odd] = [0, 1].map(rest =>
      parseArchive(listing(range(1, 15).filter(number => number % 2 === rest)), found.segmentBytes).segments.map(
        each => ({
          ...each,
          repository: rest + 1,
        }),
      ),
    )
    const segments = [...(even ?? []), ...(odd ?? [])]
    const seen = judgeRepository(
      'main',
      found,
      {
        segments,
        directories: new Map([
          [1, new Set([FULL])],
          [2, new Set([LATER])],
        ]),
      },
      [],
    )
    expect(seen.backups.map(({label, repository, fault}) => [label, repository, fault])).toEqual([
      [LATER, 2, undefined],
      [FULL, 1, undefined],
    ])
    expect([seen.holes, seen.segments]).toEqual([[], 15])
    expect(physicalEntries(seen, () => none).map(({encrypted, reason}) => [encrypted, reason])).toEqual([
      [false, 'full, in repository 2, not verified yet'],
      [true, 'full, in repository 1, not verified yet'],
    ])
    const swapped = new Map([
      [2, new Set([FULL])],
      [1, new Set([LATER])],
    ])
    expect(judgeRepository('main', found, {segments, directories: swapped}, []).backups[0]?.fault).toMatch(/^missing/)
  })
})

describe('what is restorable', () => {
  test('from the end of the oldest usable backup to the last segment without a hole before it', () => {
    expect(whole().window).toEqual({from: NOW - 3_600_000, to: NOW - 300_000, lastSegment: segment(15)})
  })

  test('a hole cuts the window at the next backup, and is named', () => {
    const seen = view(
      [
        {label: FULL, from: 2, minutesAgo: 60},
        {label: LATER, from: 9, minutesAgo: 30},
      ],
      [...range(1, 4), ...range(7, 15)],
    )
    expect(seen.holes).toEqual([{timeline: 1, from: segment(5), to: segment(6), count: 2}])
    expect(seen.window?.from).toBe(NOW - 30 * 60_000)
    expect(judge(seen)).toEqual({
      status: 'degraded',
      reason: `2 WAL segments are missing, ${segment(5)} to ${segment(6)}: no moment between there and the next backup can be restored`,
    })
  })

  test('a hole before the oldest usable backup matters to nobody', () => {
    expect(view([{label: LATER, from: 9, minutesAgo: 30}], [...range(1, 4), ...range(7, 15)]).holes).toEqual([])
  })
})

describe('a backup is never better than its parts', () => {
  const bad = (backups: readonly Made[], numbers = range(1, 15)) => judge(view(backups, numbers))
  test.each([
    ['its own segment is missing', [{label: FULL, from: 2, to: 3, minutesAgo: 60}], [2, 4, 5], 'missing: WAL segment'],
    ['a page was bad', [{label: FULL, from: 2, minutesAgo: 60, error: true}], range(1, 15), 'wrong checksums'],
    [
      'its full one is gone',
      [{label: `${FULL}_20261126-113000I`, type: 'incr', from: 2, minutesAgo: 30, reference: [FULL]}],
      range(1, 15),
      `missing: backup ${FULL}`,
    ],
  ] as const)('%s', (_, backups, numbers, words) => {
    expect(bad(backups, numbers)).toMatchObject({status: 'down', reason: expect.stringContaining(words) as string})
  })
})

describe('what would be lost now', () => {
  test('nothing when nothing was written since the last archived segment', () => {
    expect(recoveryOf(whole(), live, NOW)).toMatchObject({rpoMs: 0, unarchivedBytes: 0x30})
  })
  test('all since that segment otherwise, and it is judged by the objective', () => {
    const writing = {...live, lsn: lsn(16, 0x4000)}
    expect(recoveryOf(whole(), writing, NOW).rpoMs).toBe(300_000)
    expect(judge(whole(), writing, 60_000)).toEqual({
      status: 'down',
      reason: 'what was written in the last 5m would be lost, objective 1m',
    })
  })
  test('a server that does not answer hides nothing: the archive alone is judged', () => {
    expect(recoveryOf(whole(), undefined, NOW)).toMatchObject({rpoMs: 300_000, unarchivedBytes: undefined})
  })
  test('no more than archive_timeout while only the open segment waits: a quiet server loses nothing by being quiet', () => {
    const written = {...live, lsn: lsn(16, 0x500), timeoutMs: 60_000}
    const lost = (changes: Partial<typeof live>) => recoveryOf(whole(), {...written, ...changes}, NOW).rpoMs
    expect(lost({})).toBe(60_000)
    expect(lost({lsn: lsn(17, 0x500)})).toBe(300_000)
    expect(lost({mode: 'off'})).toBe(300_000)
    expect(lost({timeoutMs: 600_000})).toBe(300_000)
    expect(recoveryOf(whole(), {...live, lsn: lsn(16, 0x500), timeoutMs: 60_000, failingSince: 1}, NOW).rpoMs).toBe(
      300_000,
    )
  })

  test('nothing where no transaction ended since a checkpoint that is in the archive', () => {
    const quiet = (quietSince: string) => recoveryOf(whole(), {...live, lsn: lsn(16, 0x500), quietSince}, NOW).rpoMs
    expect([quiet(lsn(15)), quiet(lsn(16, 0x100)), quiet('')]).toEqual([0, 300_000, 300_000])
  })

  test('less where a receiver has more of the log than the archive, and it is said by whom', () => {
    const written = {...live, lsn: lsn(17)}
    const following: Receiver = {name: 'vault', state: 'following', behindBytes: 0x100, lossMs: 2000}
    expect(recoveryOf(whole(), written, NOW, [following])).toMatchObject({archiveRpoMs: 300_000, rpoMs: 2000})
    expect(judge(whole(), written, 60_000).status).toBe('down')
    expect(judge(whole(), written, 60_000, [following])).toEqual({
      status: 'up',
      reason:
        'restorable to any moment of the last 1h, up to 5m ago, and by the WAL receiver vault up to 2s ago; newest backup 1h old',
    })
  })

  test('nothing less by a receiver of which that is not known, and it is named', () => {
    const written = {...live, lsn: lsn(17)}
    const fault = 'the WAL receiver vault is not connected'
    const gone: Receiver = {name: 'vault', state: 'not connected', behindBytes: undefined, lossMs: undefined, fault}
    expect(recoveryOf(whole(), written, NOW, [gone]).rpoMs).toBe(300_000)
    expect(judge(whole(), written, 600_000, [gone])).toEqual({
      status: 'degraded',
      reason: fault,
    })
    expect(recoveryOf(view([], range(1, 3)), written, NOW, [{...gone, lossMs: 0}]).rpoMs).toBeUndefined()
  })

  test('an archiver that fails is told before it hurts', () => {
    expect(judge(whole(), {...live, failingSince: NOW - 5000} as unknown as typeof live).reason).toBe(
      'archiving fails, last 5s ago, 48 B wait',
    )
  })
  test('a repository of another cluster is none of this one', () => {
    expect(judge(whole(), {...live, systemIdentifier: '78'})).toMatchObject({status: 'down'})
  })
})

test('an archive of 10,000 segments is indexed once, and every question about it is answered', () => {
  const seen = view([{label: FULL, from: 2, minutesAgo: 60}], range(1, 10_000))
  expect(seen).toMatchObject({segments: 10_000, holes: [], window: {lastSegment: segment(10_000)}})
})
