import {randomBytes, randomInt} from 'node:crypto'
import {expect, test} from 'vitest'
import {signWithAws4fetch} from '../../../../test/servers/s3-signature.ts'
import {s3Address, s3Place} from './address.ts'
import {encodeKey, encodeQuery, sha256, signRequest} from './sign.ts'

const EXAMPLE = {accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY'}
const AT = Date.UTC(2013, 4, 24)
const request = {
  method: 'GET',
  host: 'examplebucket.s3.amazonaws.com',
  path: '/',
  query: {},
  headers: {},
  payload: sha256(''),
}

// docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html, "Examples: Signature Calculations"
test.each([
  [
    'GET of an object, from an offset',
    {path: '/test.txt', headers: {range: 'bytes=0-9'}},
    'f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41',
  ],
  [
    'PUT of an object',
    {
      method: 'PUT',
      path: `/${encodeKey('test$file.text')}`,
      headers: {date: 'Fri, 24 May 2013 00:00:00 GMT', 'x-amz-storage-class': 'REDUCED_REDUNDANCY'},
      payload: sha256('Welcome to Amazon S3.'),
    },
    '98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd',
  ],
  ['GET of a setting', {query: {lifecycle: ''}}, 'fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543'],
  [
    'GET of a list',
    {query: {'max-keys': '2', prefix: 'J'}},
    '34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7',
  ],
])('the signature that AWS publishes for a %s is ours', (_what, changes, signature) => {
  const {authorization} = signRequest({...request, ...changes}, EXAMPLE, {region: 'us-east-1', at: AT})
  expect(authorization?.split('Signature=')[1]).toBe(signature)
})

const LETTERS = ['a', 'Z', '7', ' ', '+', '%', '~', '*', "'", '(', '!', '=', '&', '$', 'é', '漢', '.', '-', '_', '/']
const word = (length: number): string =>
  Array.from({length}, () => LETTERS[randomInt(LETTERS.length - 1)] ?? '').join('')

test('300 random requests are signed as aws4fetch signs them', async () => {
  for (let turn = 0; turn < 300; turn += 1) {
    const path = `/${encodeKey(`x${word(randomInt(12))}/x${word(randomInt(12))}`)}`
    const query = Object.fromEntries(
      Array.from({length: randomInt(4)}, (_, at) => [`k${at}${word(2)}`, word(randomInt(9))]),
    )
    const headers = {'content-type': 'application/xml', 'x-amz-meta-a': `${randomInt(9)}  ${randomInt(9)}`}
    const payload = sha256(randomBytes(randomInt(64)))
    const keys = {
      accessKeyId: `AK${randomInt(1e9)}`,
      secretAccessKey: randomBytes(30).toString('base64'),
      ...(turn % 2 === 0 ? {} : {sessionToken: randomBytes(40).toString('base64')}),
    }
    const host = turn % 3 === 0 ? 'minio.example:9000' : 'b.s3.example'
    const ours = signRequest({method: 'PUT', host, path, query, headers, payload}, keys, {
      region: 'eu-1',
      at: AT + turn * 1e7,
    })
    const search = encodeQuery(query)
    const theirs = await signWithAws4fetch(
      {
        method: 'PUT',
        url: `https://${host}${path}${search === '' ? '' : `?${search}`}`,
        headers: {...headers, 'x-amz-content-sha256': payload},
      },
      {...keys, region: 'eu-1', datetime: ours['x-amz-date'] ?? ''},
    )
    expect(ours['authorization'], path).toBe(theirs)
  }
})

test('a bucket is a path or a name, and its address never has a password', () => {
  const place = {endpoint: 'https://a:secret@s3.example:9000/gate/', bucket: 'shop', prefix: 'x/y'}
  const seen = (['path', 'virtual-host'] as const).map(addressing => {
    const {origin, base} = s3Place({...place, addressing})
    return [origin.host, base, s3Address({...place, addressing})]
  })
  expect(seen).toEqual([
    ['s3.example:9000', '/gate/shop', 'https://s3.example:9000/gate/shop/x/y'],
    ['shop.s3.example:9000', '/gate', 'https://shop.s3.example:9000/gate/x/y'],
  ])
})
