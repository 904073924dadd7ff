import {randomBytes} from 'node:crypto'
import {mkdtempSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {afterAll, beforeAll, describe, expect, test} from 'vitest'
import {makeAuthority} from '../../../../test/servers/certificates.ts'
import {plainSecret, type S3Server, startS3Server} from '../../../../test/servers/s3-server.ts'
import {type BackupStorage, storeText} from '../storage.ts'
import {s3Storage} from './s3.ts'
import {type S3StorageSpec, s3StorageSchema} from './schema.ts'

const MB = 1024 * 1024

const storageOn = (server: S3Server, changes: Partial<S3StorageSpec> = {}, folder = 'production/shop'): BackupStorage =>
  s3Storage(
    {
      ...s3StorageSchema.parse({
        type: 's3',
        endpoint: server.endpoint,
        bucket: 'backups',
        prefix: 'console',
        accessKeyId: server.accessKeyId,
        secretAccessKey: server.secretAccessKey,
        partSize: '5mb',
      }),
      ...changes,
    },
    {folder, secret: plainSecret},
  )

async function bytesOf(storage: BackupStorage, name: string, offset = 0): Promise<Buffer> {
  const pieces: Uint8Array[] = []
  for await (const piece of storage.read(name, {offset})) pieces.push(Uint8Array.from(piece))
  return Buffer.concat(pieces)
}

async function store(storage: BackupStorage, name: string, bytes: Uint8Array): Promise<void> {
  const file = await storage.begin(name)
  for (let at = 0; at < bytes.length; at += 700_000) await file.write(bytes.subarray(at, at + 700_000))
  await file.commit()
}

interface OtherClient {
  send(command: unknown): Promise<{readonly Body: {transformToByteArray(): Promise<Uint8Array>}}>
}

/** What the vendor's own client reads there. */
async function readElsewhere(server: S3Server, key: string): Promise<Buffer> {
  const clients = '../../../../test/servers/s3-clients.mjs'
  const {S3Client, GetObjectCommand} = (await import(clients)) as Record<string, new (given: unknown) => OtherClient>
  if (S3Client === undefined || GetObjectCommand === undefined) throw new Error('no client')
  const {accessKeyId, secretAccessKey, endpoint} = server
  const credentials = {accessKeyId, secretAccessKey}
  const client = new S3Client({endpoint, region: 'us-east-1', forcePathStyle: true, credentials})
  const {Body} = await client.send(new GetObjectCommand({Bucket: 'backups', Key: key}))
  return Buffer.from(await Body.transformToByteArray())
}

describe.each(['s3rver', 'fauxqs'] as const)('a bucket of %s', name => {
  let server: S3Server
  beforeAll(async () => {
    server = await startS3Server(name)
  }, 60_000)
  afterAll(() => server.stop())

  test('is empty, takes small and large files, and an independent client reads the same bytes', {
    timeout: 60_000,
  }, async () => {
    const storage = storageOn(server)
    expect(await storage.list()).toEqual([])
    expect(await storage.stat('x')).toBeUndefined()
    const [small, large] = [randomBytes(1000), randomBytes(12 * MB + 17)]
    await store(storage, 'small', small)
    await store(storage, 'large.age', large)
    const listed = new Map((await storage.list()).map(({name, bytes, whole}) => [name, [bytes, whole]]))
    expect(Object.fromEntries(listed)).toEqual({
      'large.age': [large.length, true],
      small: [small.length, true],
    })
    expect(await storage.stat('large.age')).toMatchObject({bytes: large.length, whole: true})
    expect((await bytesOf(storage, 'large.age')).equals(large)).toBe(true)
    expect((await bytesOf(storage, 'large.age', 6 * MB + 5)).equals(large.subarray(6 * MB + 5))).toBe(true)
    for (const [name, bytes] of [['large.age', large] as const, ['small', small] as const])
      expect((await readElsewhere(server, `console/production/shop/${name}`)).equals(bytes), name).toBe(true)
  })

  test('keeps folders apart, takes any name, and removes what it is told to', {timeout: 60_000}, async () => {
    const [storage, other] = [storageOn(server, {}, 'a/b'), storageOn(server, {}, 'a/bc')]
    // s3rver escapes what would be markup twice in its lists.
    const markup = name === 's3rver' ? [] : ["quote'", '<a>&']
    const names = ['plain', 'with space', 'plus+', '"', '$(x)', 'ü漢', 'x%2Fy', ...markup]
    for (const one of names) await storeText(storage, one, `text of ${one}`)
    await storeText(other, '../a/b/outside', 'x')
    expect((await storage.list()).map(({name}) => name).sort()).toEqual([...names].sort())
    expect(Object.fromEntries(await storage.readTexts([...names, 'gone']))).toEqual(
      Object.fromEntries(names.map(one => [one, `text of ${one}`])),
    )
    await storeText(storage, 'plain', 'replaced')
    expect((await storage.readTexts(['plain'])).get('plain')).toBe('replaced')
    await storage.remove([...names, 'gone'])
    expect(await storage.list()).toEqual([])
    expect((await other.list()).map(({name}) => name)).toEqual(['outside'])
  })

  test('has nothing of what was aborted', {timeout: 60_000}, async () => {
    const storage = storageOn(server, {}, 'aborted')
    const file = await storage.begin('large.age')
    await file.write(randomBytes(11 * MB))
    await file.abort()
    expect(await storage.list()).toEqual([])
  })

  test('that is not there is said so', async () => {
    await expect(storageOn(server, {bucket: 'nowhere'}).list()).rejects.toMatchObject({
      code: 'backup/storage',
      message: expect.stringContaining('there is no such bucket'),
    })
  })
})

function running(server: S3Server | undefined): S3Server {
  if (server === undefined) throw new Error('it did not start')
  return server
}

describe('a server that checks keys and has a private certificate', () => {
  let server: S3Server | undefined
  let root = ''
  let ca = ''
  beforeAll(async () => {
    root = mkdtempSync(path.join(tmpdir(), 'opsconsole-s3-ca-'))
    const authority = makeAuthority(root, 'authority')
    authority.issue('server', {subject: 'localhost', names: 'DNS:localhost'})
    ca = authority.file
    server = await startS3Server('s3rver', {
      key: path.join(root, 'server.key'),
      certificate: path.join(root, 'server.crt'),
    })
  }, 60_000)
  afterAll(async () => {
    rmSync(root, {recursive: true, force: true})
    await server?.stop()
  })

  test('is believed with its authority, and with no other', async () => {
    const storage = storageOn(running(server), {ca})
    await storeText(storage, 'a', 'text')
    expect((await storage.readTexts(['a'])).get('a')).toBe('text')
    await expect(storageOn(running(server)).list()).rejects.toMatchObject({
      code: 'backup/storage',
      message: expect.stringContaining('certificate'),
    })
  })

  test.each([
    ['accessKeyId', 'it does not know this access key'],
    ['secretAccessKey', 'the secret key is wrong'],
  ])('refuses a wrong %s, and that is what is said', async (key, words) => {
    await expect(storageOn(running(server), {ca, [key]: 'wrong-wrong'}).list()).rejects.toMatchObject({
      code: 'backup/storage',
      message: expect.stringContaining(words),
    })
  })
})
