import {createHash, randomBytes} from 'node:crypto'
import {once} from 'node:events'
import {createServer, type IncomingMessage, type ServerResponse} from 'node:http'
import type {AddressInfo} from 'node:net'

/** What goes wrong with one request. */
export type S3Fault =
  | 'reset'
  | 'hang'
  /** It is done, and nobody is told. */
  | 'lost'
  /** Other bytes are stored than came. */
  | 'altered'
  | 'page'
  | {readonly status: number; readonly code: string; readonly extra?: string}
  /** The answer ends after so many bytes of its body. */
  | {readonly cutAfter: number}

export interface S3Asked {
  readonly method: string
  readonly key: string
  readonly query: Readonly<Record<string, string>>
  readonly headers: IncomingMessage['headers']
}

export interface PlayedS3 {
  readonly endpoint: string
  readonly objects: Map<string, StoredObject>
  readonly uploads: Map<string, {readonly key: string; readonly parts: Map<number, Buffer>}>
  readonly asked: S3Asked[]
  /** Asked for each request; undefined: nothing goes wrong. */
  fault: ((asked: S3Asked) => S3Fault | undefined) | undefined
  /** Answers to `?acl`, `?encryption` and so on, by their word; others are not implemented. */
  readonly settings: Record<string, {readonly status: number; readonly body: string}>
  /** Anybody may list. */
  open: boolean
  readonly quota: {bytes: number}
  stop(): Promise<void>
}

interface StoredObject {
  readonly bytes: Buffer
  readonly etag: string
  readonly modified: Date
}

/** Checks a signature, independently of ours: rejects with the code of the refusal. */
export type CheckSignature = (asked: S3Asked, url: URL, body: Buffer) => Promise<string | undefined>

const PAGE = 3
const md5 = (bytes: Buffer): string => createHash('md5').update(bytes).digest('hex')
const xml = (text: string): string => `<?xml version="1.0" encoding="UTF-8"?>\n${text}`
const errorXml = (code: string, extra = ''): string =>
  xml(`<Error><Code>${code}</Code><Message>${code} it is</Message>${extra}</Error>`)
const encode = (key: string): string => encodeURIComponent(key).replaceAll('%20', '+')

/**
 * A bucket by the book (docs.aws.amazon.com, "Amazon S3 API Reference"), in memory, in pages of three, that fails when
 * it is told to: for what the servers from npm cannot do, which is to list uploads and to go wrong.
 */
export async function startPlayedS3(check: CheckSignature): Promise<PlayedS3> {
  const objects: PlayedS3['objects'] = new Map()
  const uploads: PlayedS3['uploads'] = new Map()
  const server = createServer((request, response) => void answer(request, response))
  const played: PlayedS3 = {
    endpoint: '',
    objects,
    uploads,
    asked: [],
    fault: undefined,
    settings: {},
    open: false,
    quota: {bytes: 0},
    async stop() {
      server.closeAllConnections()
      const closed = once(server, 'close')
      server.close()
      await closed
    },
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = Buffer.concat(await request.toArray().catch(() => []))
    const url = new URL(request.url ?? '/', 'http://localhost')
    const [, bucket = '', ...rest] = url.pathname.split('/')
    const asked: S3Asked = {
      method: request.method ?? '',
      key: rest.map(decodeURIComponent).join('/'),
      query: Object.fromEntries(url.searchParams),
      headers: request.headers,
    }
    played.asked.push(asked)
    const fault = played.fault?.(asked)
    if (fault === 'hang') return
    if (fault === 'reset') return void request.socket.resetAndDestroy()
    if (fault === 'page') return void response.writeHead(200, {'content-type': 'text/html'}).end('<html>Log in</html>')
    if (typeof fault === 'object' && 'status' in fault)
      return void response.writeHead(fault.status).end(errorXml(fault.code, fault.extra))
    const refusal = bucket === 'backups' ? await refusalOf(asked, url, body) : 'NoSuchBucket'
    if (refusal !== undefined)
      return void response.writeHead(refusal === 'NoSuchBucket' ? 404 : 403).end(errorXml(refusal))
    const bytes = fault === 'altered' ? Buffer.concat([body.subarray(1), Buffer.from('!')]) : body
    const [status, headers, text] = serve(asked, bytes)
    if (fault === 'lost') return void request.socket.resetAndDestroy()
    const content = Buffer.from(text)
    response.writeHead(status, {...headers, 'content-length': content.length})
    if (asked.method === 'HEAD') return void response.end()
    if (fault === undefined || fault === 'altered') return void response.end(content)
    response.write(content.subarray(0, fault.cutAfter), () => response.destroy())
  }

  async function refusalOf(asked: S3Asked, url: URL, body: Buffer): Promise<string | undefined> {
    if (asked.headers.authorization === undefined) return played.open && asked.key === '' ? undefined : 'AccessDenied'
    return check(asked, url, body)
  }

  function serve(asked: S3Asked, body: Buffer): [number, Record<string, string>, Buffer | string] {
    const {method, key, query} = asked
    if (key === '') return serveBucket(method, query)
    if ('uploads' in query && method === 'POST') {
      const id = randomBytes(6).toString('hex')
      uploads.set(id, {key, parts: new Map()})
      return [200, {}, xml(`<InitiateMultipartUploadResult><UploadId>${id}</UploadId></InitiateMultipartUploadResult>`)]
    }
    if (query['uploadId'] !== undefined) return serveUpload(asked, query['uploadId'], body)
    if (method === 'PUT') {
      objects.set(key, {bytes: body, etag: md5(body), modified: new Date()})
      return [200, {etag: `"${md5(body)}"`}, '']
    }
    if (method === 'DELETE') {
      objects.delete(key)
      return [204, {}, '']
    }
    return serveObject(asked)
  }

  function serveObject({key, headers}: S3Asked): [number, Record<string, string>, Buffer | string] {
    const found = objects.get(key)
    if (found === undefined) return [404, {}, errorXml('NoSuchKey')]
    if (headers['if-match'] !== undefined && headers['if-match'] !== `"${found.etag}"`)
      return [412, {}, errorXml('PreconditionFailed')]
    const told = {etag: `"${found.etag}"`, 'last-modified': found.modified.toUTCString()}
    const from = /^bytes=(\d+)-$/.exec(headers.range ?? '')?.[1]
    if (from === undefined) return [200, told, found.bytes]
    if (Number(from) >= found.bytes.length) return [416, {}, errorXml('InvalidRange')]
    const range = `bytes ${from}-${found.bytes.length - 1}/${found.bytes.length}`
    return [206, {...told, 'content-range': range}, found.bytes.subarray(Number(from))]
  }

  function serveUpload(
    {method, key, query}: S3Asked,
    id: string,
    body: Buffer,
  ): [number, Record<string, string>, string] {
    const upload = uploads.get(id)
    if (upload?.key !== key) return [404, {}, errorXml('NoSuchUpload')]
    if (method === 'PUT') {
      upload.parts.set(Number(query['partNumber']), body)
      return [200, {etag: `"${md5(body)}"`}, '']
    }
    if (method === 'DELETE') {
      uploads.delete(id)
      return [204, {}, '']
    }
    const parts = [...upload.parts].sort(([one], [two]) => one - two)
    if (method === 'GET') {
      const after = Number(query['part-number-marker'] ?? 0)
      const rest = parts.filter(([number]) => number > after)
      const shown = rest
        .slice(0, PAGE)
        .map(
          ([number, bytes]) =>
            `<Part><PartNumber>${number}</PartNumber><LastModified>${new Date().toISOString()}</LastModified><ETag>&quot;${md5(bytes)}&quot;</ETag><Size>${bytes.length}</Size></Part>`,
        )
      const more = `<IsTruncated>${rest.length > PAGE}</IsTruncated><NextPartNumberMarker>${rest.slice(0, PAGE).at(-1)?.[0] ?? 0}</NextPartNumberMarker>`
      return [200, {}, xml(`<ListPartsResult>${more}${shown.join('')}</ListPartsResult>`)]
    }
    const named = [...body.toString().matchAll(/<PartNumber>(\d+)<\/PartNumber>/g)].map(([, number]) => Number(number))
    const chosen = parts.filter(([number]) => named.includes(number)).map(([, bytes]) => bytes)
    if (chosen.length !== named.length) return [400, {}, errorXml('InvalidPart')]
    const etag = `${md5(Buffer.concat(chosen.map(bytes => Buffer.from(md5(bytes), 'hex'))))}-${chosen.length}`
    objects.set(key, {bytes: Buffer.concat(chosen), etag, modified: new Date()})
    uploads.delete(id)
    return [200, {}, xml(`<CompleteMultipartUploadResult><ETag>"${etag}"</ETag></CompleteMultipartUploadResult>`)]
  }

  function serveBucket(method: string, query: S3Asked['query']): [number, Record<string, string>, string] {
    if (method === 'HEAD') {
      const used = [...objects.values()].reduce((sum, {bytes}) => sum + bytes.length, 0)
      const {bytes} = played.quota
      return [200, bytes > 0 ? {'x-rgw-bytes-used': `${used}`, 'x-rgw-quota-bucket-size': `${bytes}`} : {}, '']
    }
    const setting = Object.keys(query).find(word => word in played.settings)
    if (setting !== undefined)
      return [played.settings[setting]?.status ?? 500, {}, played.settings[setting]?.body ?? '']
    const prefix = query['prefix'] ?? ''
    if ('uploads' in query) {
      const all = [...uploads].filter(([, {key}]) => key.startsWith(prefix))
      const rest = all.slice(Number(query['upload-id-marker'] ?? 0))
      const shown = rest
        .slice(0, PAGE)
        .map(
          ([id, {key}]) =>
            `<Upload><Key>${encode(key)}</Key><UploadId>${id}</UploadId><Initiated>${new Date().toISOString()}</Initiated></Upload>`,
        )
      const next = all.length - rest.length + PAGE
      const more = `<IsTruncated>${rest.length > PAGE}</IsTruncated><NextKeyMarker>x</NextKeyMarker><NextUploadIdMarker>${next}</NextUploadIdMarker>`
      return [
        200,
        {},
        xml(
          `<ListMultipartUploadsResult><EncodingType>url</EncodingType>${more}${shown.join('')}</ListMultipartUploadsResult>`,
        ),
      ]
    }
    if (query['list-type'] !== '2') return [501, {}, errorXml('NotImplemented')]
    const names = [...objects.keys()]
      .filter(key => key.startsWith(prefix) && !key.slice(prefix.length).includes('/'))
      .sort()
    const rest = names.filter(key => key > (query['continuation-token'] ?? ''))
    const shown = rest.slice(0, PAGE).map(key => {
      const {bytes, etag, modified} = objects.get(key) as StoredObject
      return `<Contents><Key>${encode(key)}</Key><LastModified>${modified.toISOString()}</LastModified><ETag>&quot;${etag}&quot;</ETag><Size>${bytes.length}</Size></Contents>`
    })
    const token = rest.slice(0, PAGE).at(-1) ?? ''
    const more = `<IsTruncated>${rest.length > PAGE}</IsTruncated>${rest.length > PAGE ? `<NextContinuationToken>${token}</NextContinuationToken>` : ''}`
    return [
      200,
      {},
      xml(`<ListBucketResult><EncodingType>url</EncodingType>${more}${shown.join('')}</ListBucketResult>`),
    ]
  }

  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return Object.assign(played, {endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`})
}
