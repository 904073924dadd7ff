import {expect, test} from 'vitest'
import {probeTools} from '../../../../test/probe-tools.ts'
import {decodeBody} from '../body.ts'
import {judgeAnswer} from '../judge.ts'
import {httpProbeSchema} from '../schema.ts'

// What is no health document is not read as one: a page or a list of an application says nothing bad of itself.

const page = (title: string): string =>
  `<!DOCTYPE html><html><head><title>${title}</title></head><body><p>Welcome to the shop</p></body></html>`
const [HTML, JSON_, TEXT, XML] = ['text/html', 'application/json', 'text/plain', 'application/xml']

test.each([
  ['/', HTML, page('HVAC Maintenance | ACME')],
  ['/', HTML, page('Starting a business in 2026')],
  ['/', HTML, page('Login')],
  ['/', HTML, page('On error handling')],
  ['/status', HTML, page('Status of our trains')],
  ['/live', HTML, page('Live TV')],
  ['/health', HTML, '<html><body>OK</body></html>'],
  ['/up', HTML, '<html><body><h1>It works!</h1></body></html>'],
  ['/api/tasks', JSON_, '{"tasks":[{"id":1,"title":"x","status":"todo"},{"id":2,"status":"in_progress"}]}'],
  ['/api/orders', JSON_, '{"orders":[{"id":1,"status":"shipped"}]}'],
  ['/api/users', JSON_, '{"members":[{"id":1,"name":"Ann"}],"total":1}'],
  ['/api', JSON_, '{"data":{"id":1,"name":"x"}}'],
  ['/api', JSON_, '{"message":"Hello","code":0,"details":[]}'],
  ['/api', JSON_, '{"code":200,"message":"ok","data":{}}'],
  ['/v1/status/leader', JSON_, '"10.1.10.12:8300"'],
  ['/orders.xml', XML, '<?xml version="1.0"?><o><status>shipped</status></o>'],
  ['/robots.txt', TEXT, 'User-agent: *\nDisallow: /admin\n'],
  ['/metrics', TEXT, '# HELP a b\na 1\n'],
  ['/health', JSON_, '{"status":"ok","uptime":"3 days","up":"5m"}'],
  ['/health', JSON_, '{"status":"ok","level":"info","mode":"production"}'],
  ['/health', TEXT, 'status: ok\nversion: 1\nuptime: 3'],
  ['/health', XML, '<health><status>UP</status></health>'],
])('%s, %s, %s is up', async (path, type, body) => {
  const headers = {'content-type': type}
  const bytes = Buffer.from(body)
  const answer = {
    status: 200,
    location: undefined,
    headers,
    bytes: bytes.length,
    phases: {firstByte: 1, body: 1},
    handshake: undefined,
    ...decodeBody(bytes, false, headers),
  }
  const spec = httpProbeSchema.parse({type: 'http', url: `https://x.example${path}`})
  expect(await judgeAnswer(answer, spec, probeTools)).toMatchObject({status: 'up', reason: '200 OK'})
})
