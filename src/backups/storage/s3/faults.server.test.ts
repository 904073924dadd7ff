import {randomBytes} from 'node:crypto'
import {afterAll, beforeAll, beforeEach, describe, expect, test} from 'vitest'
import {type PlayedS3, type S3Asked, startPlayedS3} from '../../../../test/servers/played-s3.ts'
import {plainSecret} from '../../../../test/servers/s3-server.ts'
import {checkWithAws4fetch} from '../../../../test/servers/s3-signature.ts'
import {OpsError} from '../../../errors.ts'
import {execProgram} from '../../../processes/run.ts'
import {systemClock} from '../../../units/clock.ts'
import {type BackupStorage, storeText} from '../storage.ts'
import {checkS3} from './doctor.ts'
import {checkLock} from './lock.ts'
import {s3Storage} from './s3.ts'
import {type S3StorageSpec, s3StorageSchema} from './schema.ts'
import {sha256} from './sign.ts'

const MB = 1024 * 1024
const KEYS = {accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'a secret of its own'}

let server: PlayedS3
beforeAll(async () => {
  server = await startPlayedS3(checkWithAws4fetch(KEYS, sha256))
})
afterAll(() => server.stop())
beforeEach(() => {
  server.objects.clear()
  server.uploads.clear()
  server.fault = undefined
})

const specOf = (changes: Partial<S3StorageSpec> = {}): S3StorageSpec => ({
  ...s3StorageSchema.parse({type: 's3', endpoint: server.endpoint, bucket: 'backups', ...KEYS, partSize: '5mb'}),
  ...changes,
})
const secret = plainSecret
const inFolder = (folder = 'a/b', idleMs?: number): BackupStorage =>
  s3Storage(specOf(), {folder, secret}, idleMs === undefined ? {} : {idleMs})

const once = (matches: (asked: S3Asked) => boolean, fault: NonNullable<ReturnType<NonNullable<PlayedS3['fault']>>>) => {
  let left = 1
  server.fault = asked => (matches(asked) && left-- > 0 ? fault : undefined)
}
const isPart =
  (number: number) =>
  ({method, query}: S3Asked): boolean =>
    method === 'PUT' && query['partNumber'] === String(number)

async function refusal(work: Promise<unknown>): Promise<string> {
  const outcome = await work.then(
    () => undefined,
    (error: unknown) => error,
  )
  if (outcome instanceof OpsError && outcome.code === 'backup/storage') return outcome.message
  throw new Error(`expected backup/storage, got ${String(outcome)}`)
}

async function store(storage: BackupStorage, name: string, bytes: Uint8Array): Promise<void> {
  const file = await storage.begin(name)
  try {
    for (let at = 0; at < bytes.length; at += MB) await file.write(bytes.subarray(at, at + MB))
    await file.commit()
  } catch (error) {
    await file.abort()
    throw error
  }
}

async function bytesOf(storage: BackupStorage, name: string): Promise<Buffer> {
  const pieces: Uint8Array[] = []
  for await (const piece of storage.read(name)) pieces.push(Uint8Array.from(piece))
  return Buffer.concat(pieces)
}

const large = randomBytes(12 * MB + 3)

describe('an upload in parts', () => {
  test('is told as not whole while it is written, and by its pages', async () => {
    const storage = inFolder()
    const files = await Promise.all(['1', '2', '3', '4'].map(name => storage.begin(name)))
    for (const file of files) await file.write(large.subarray(0, 5 * MB))
    await expect
      .poll(async () => (await storage.list()).map(({bytes, whole}) => [bytes, whole]))
      .toEqual(Array.from({length: 4}, () => [5 * MB, false]))
    expect(await storage.stat('1')).toBeUndefined()
    await Promise.all(files.map(file => file.abort()))
    expect([await storage.list(), server.uploads.size]).toEqual([[], 0])
  })

  test('that was left by a killed process is removed by its name', async () => {
    const storage = inFolder()
    const left = await storage.begin('one')
    await left.write(large)
    await storeText(storage, 'one.json', 'text')
    await expect.poll(async () => (await storage.list()).length).toBe(2)
    await storage.remove(['one', 'nothing'])
    expect([(await storage.list()).map(({name}) => name), server.uploads.size]).toEqual([['one.json'], 0])
  })

  test.each([
    ['a part is cut off', isPart(2), 'reset' as const],
    ['a part is stored and nobody is told', isPart(1), 'lost' as const],
    ['the service asks for patience', isPart(3), {status: 503, code: 'SlowDown'}],
    ['bytes change on the way', isPart(1), {status: 400, code: 'BadDigest'}],
    ['the end of it is lost', (asked: S3Asked) => isEnd(asked), 'lost' as const],
  ])('goes on where it was when %s', {timeout: 60_000}, async (_what, matches, fault) => {
    once(matches, fault)
    const storage = inFolder()
    await store(storage, 'large', large)
    expect((await bytesOf(storage, 'large')).equals(large)).toBe(true)
    expect(server.uploads.size).toBe(0)
  })

  test.each([
    ['stored with other bytes', isPart(2), 'altered' as const, 'was stored with other bytes than were sent'],
    ['refused', isPart(2), {status: 403, code: 'AccessDenied'}, 'this key may not do that'],
    ['more than the quota', isPart(2), {status: 403, code: 'QuotaExceeded'}, 'the quota of the bucket is used up'],
    ['failed at its end, with a success for its status', isEnd, {status: 200, code: 'InternalError'}, 'InternalError'],
  ])('that is %s is named, and nothing of it is left', {timeout: 60_000}, async (_what, matches, fault, words) => {
    const storage = inFolder()
    await storeText(storage, 'before', 'kept')
    once(matches, fault)
    expect(await refusal(store(storage, 'large', large))).toContain(words)
    expect((await storage.list()).map(({name, whole}) => [name, whole])).toEqual([['before', true]])
    expect(server.uploads.size).toBe(0)
  })
})

const isEnd = ({method, query}: S3Asked): boolean => method === 'POST' && query['uploadId'] !== undefined

describe('an upload that was left', () => {
  const parts = (): readonly S3Asked[] => server.asked.filter(isPutOfPart)
  const isPutOfPart = ({method, query}: S3Asked): boolean => method === 'PUT' && 'partNumber' in query

  test('is taken up: what is there is not sent again, and what differs is', {timeout: 60_000}, async () => {
    const storage = inFolder()
    const first = await storage.resume?.('large')
    await first?.write(large.subarray(0, 11 * MB))
    await expect.poll(async () => (await storage.list())[0]?.bytes).toBe(10 * MB)
    await first?.leave?.()
    expect(await storage.list()).toMatchObject([{name: 'large', whole: false}])
    server.asked.length = 0
    const other = Buffer.from(large)
    other[6 * MB] = (other[6 * MB] ?? 0) ^ 1
    const second = await storage.resume?.('large')
    await second?.write(other)
    await second?.commit()
    expect([
      parts()
        .map(({query}) => query['partNumber'])
        .sort((a, b) => Number(a) - Number(b)),
      second?.sent?.(),
    ]).toEqual([['2', '3'], other.length - 5 * MB])
    expect((await bytesOf(storage, 'large')).equals(other)).toBe(true)
    expect(server.uploads.size).toBe(0)
  })
})

describe('a small file', () => {
  test('that was stored with other bytes is named', async () => {
    once(({method}) => method === 'PUT', 'altered')
    expect(await refusal(storeText(inFolder(), 'm.json', 'text'))).toContain('other bytes than were sent')
  })

  test('is read once, and again when it changed', async () => {
    const storage = inFolder()
    const read = async (): Promise<string | Error | undefined> => {
      await storage.list()
      return (await storage.readTexts(['m'])).get('m')
    }
    await storeText(storage, 'm', 'one')
    await read()
    server.asked.length = 0
    expect(await read()).toBe('one')
    expect(server.asked.filter(({key}) => key !== '')).toEqual([])
    await storeText(inFolder(), 'm', 'two')
    expect(await read()).toBe('two')
    await storeText(inFolder(), 'm', 'six')
    expect((await storage.readTexts(['m'])).get('m')).toBe('six')
  })
})

describe('a reader', () => {
  test('goes on where the connection was cut', {timeout: 60_000}, async () => {
    const storage = inFolder()
    await store(storage, 'large', large)
    let cuts = 3
    server.fault = ({method, key}) => (method === 'GET' && key !== '' && cuts-- > 0 ? {cutAfter: 3 * MB} : undefined)
    expect((await bytesOf(storage, 'large')).equals(large)).toBe(true)
    expect(server.asked.filter(({headers}) => headers.range !== undefined).length).toBeGreaterThanOrEqual(3)
  })

  test('ends with an error when it is cut again and again, or the file was replaced', {timeout: 60_000}, async () => {
    const storage = inFolder()
    await store(storage, 'large', large)
    server.fault = ({method, key}) => (method === 'GET' && key !== '' ? {cutAfter: 0} : undefined)
    expect(await refusal(bytesOf(storage, 'large'))).toMatch(/cut|reset|aborted/)
    const reading = storage.read('large')[Symbol.asyncIterator]()
    once(({method, key}) => method === 'GET' && key !== '', {cutAfter: MB})
    await reading.next()
    await storeText(storage, 'large', 'another')
    const rest = (async () => {
      while ((await reading.next()).done !== true);
    })()
    expect(await refusal(rest)).toContain('was replaced while it was read')
  })
})

describe('what answers', () => {
  test.each([
    ['a login page', 'page' as const, 'is not an object store'],
    ['half of a list', {cutAfter: 60}, /reset|cut|aborted|closed/],
    ['a redirect', {status: 301, code: 'PermanentRedirect', extra: '<Region>eu-9</Region>'}, 'another region, eu-9'],
    ['an old token', {status: 400, code: 'ExpiredToken'}, 'the session token has expired'],
    ['a failure', {status: 500, code: 'InternalError'}, 'the service failed (InternalError'],
    ['no space', {status: 507, code: 'XMinioStorageFull'}, 'no space left there'],
  ])('with %s is no empty folder', {timeout: 60_000}, async (_what, fault, words) => {
    server.fault = () => fault
    expect(await refusal(inFolder().list())).toMatch(words)
  })

  test('nothing for too long is left', {timeout: 60_000}, async () => {
    server.fault = () => 'hang'
    expect(await refusal(inFolder('a/b', 300).list())).toContain('it said nothing for')
    const own = new AbortController()
    const listed = inFolder().list(own.signal)
    own.abort(new Error('late'))
    await expect(listed).rejects.toThrow('late')
  })

  test('and cannot be reached, or refuses this clock or key, is said in words', {timeout: 60_000}, async () => {
    const ask = (changes: Partial<S3StorageSpec>) => s3Storage(specOf(changes), {folder: 'x/y', secret}).list()
    expect(await refusal(ask({endpoint: 'http://127.0.0.1:1'}))).toContain('connection refused')
    expect(await refusal(ask({secretAccessKey: 'another one'}))).toContain('the secret key is wrong')
    expect(await refusal(ask({accessKeyId: 'AKIDOTHER'}))).toContain('it does not know this access key')
    const slow = {...systemClock, now: () => Date.now() - 3_600_000}
    const tools = {name: 'backup x', signal: new AbortController().signal, timeoutMs: 5000, exec: execProgram, secret}
    expect(await checkS3(specOf(), {...tools, clock: slow})).toMatchObject([
      {
        status: 'failed',
        detail: expect.stringContaining('the clock of this host is 60 min behind that of the service'),
      },
    ])
  })
})

test('a bucket that is declared immutable is asked whether it locks, and one with versions whether it gives room back', async () => {
  const tools = {name: 'backup x', signal: new AbortController().signal, timeoutMs: 5000, exec: execProgram, secret}
  const asked = {...tools, clock: systemClock}
  const lock = async (status: number, body: string) => {
    server.settings['object-lock'] = {status, body}
    return (await checkLock(specOf(), asked)).map(({status: found, detail}) => `${found}: ${detail}`)
  }
  const rule = '<Rule><DefaultRetention><Mode>COMPLIANCE</Mode><Days>30</Days></DefaultRetention></Rule>'
  const enabled = (inside: string): string =>
    `<ObjectLockConfiguration><ObjectLockEnabled>Enabled</ObjectLockEnabled>${inside}</ObjectLockConfiguration>`
  expect(await lock(404, '<Error><Code>ObjectLockConfigurationNotFoundError</Code></Error>')).toEqual([
    expect.stringMatching(/^warning: .*declared immutable, but the bucket has no object lock/),
  ])
  expect(await lock(200, enabled(''))).toEqual([expect.stringMatching(/^warning: .*no default retention is set/)])
  expect(await lock(200, enabled(rule))).toEqual([expect.stringMatching(/^ok: .*object lock, COMPLIANCE, 30 days/)])
  // What is not told is not guessed.
  for (const [status, body] of [
    [501, '<Error><Code>NotImplemented</Code></Error>'],
    [403, '<Error><Code>AccessDenied</Code></Error>'],
    [200, '<ListBucketResult/>'],
  ] as const)
    expect(await lock(status, body)).toEqual([expect.stringMatching(/^skipped: .*does not say whether it is/)])

  const versions = async (rules: {status: number; body: string}): Promise<string> => {
    server.settings['versioning'] = {
      status: 200,
      body: '<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>',
    }
    server.settings['lifecycle'] = rules
    return (await checkS3(specOf(), asked)).map(({detail}) => detail).join('; ')
  }
  expect(await versions({status: 404, body: '<Error><Code>NoSuchLifecycleConfiguration</Code></Error>'})).toContain(
    'what is pruned still takes room',
  )
  expect(await versions({status: 200, body: '<LifecycleConfiguration/>'})).not.toContain('pruned')
  for (const word of ['object-lock', 'versioning', 'lifecycle']) Reflect.deleteProperty(server.settings, word)
})

test('the doctor names a public bucket and one that does not encrypt; a quota is what is free', async () => {
  const tools = {name: 'backup x', signal: new AbortController().signal, timeoutMs: 5000, exec: execProgram, secret}
  const doctor = async () => (await checkS3(specOf(), {...tools, clock: systemClock})).map(({detail}) => detail)
  expect(await doctor()).toEqual([`${server.endpoint}/backups`])
  server.settings['encryption'] = {
    status: 404,
    body: '<Error><Code>ServerSideEncryptionConfigurationNotFoundError</Code></Error>',
  }
  server.settings['acl'] = {
    status: 200,
    body: '<AccessControlPolicy><URI>http://acs.amazonaws.com/groups/global/AllUsers</URI></AccessControlPolicy>',
  }
  expect((await doctor()).slice(1)).toEqual([
    expect.stringContaining('lets anybody in'),
    expect.stringContaining('does not encrypt what is stored'),
  ])
  server.settings['policyStatus'] = {status: 200, body: '<PolicyStatus><IsPublic>TRUE</IsPublic></PolicyStatus>'}
  expect((await doctor())[1]).toContain('its policy'.replace('its', 'the'))
  server.open = true
  expect((await doctor())[1]).toContain('anybody can list the bucket')

  expect(await inFolder().freeBytes?.()).toBeUndefined()
  server.quota.bytes = 1000
  await storeText(inFolder(), 'm', '0123456789')
  expect(await inFolder().freeBytes?.()).toBe(990)
})
