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
  ['/api/orders', JSON_, '{"orders":[{"id":1,"status":"failed"},{"id":2,"status":"rejected","state":"expired"}]}'],
  ['/api/products', JSON_, '{"items":[{"name":"x","status":"unavailable","stock":0}]}'],
  ['/api/chat', JSON_, '{"people":[{"name":"Ann","presence":"offline"}]}'],
  ['/api/jobs', JSON_, '{"jobs":[{"id":1,"status":"FAILED"}]}'],
  ['/api/flags', JSON_, '{"newCheckout":false,"darkMode":true}'],
  ['/api/workers', JSON_, '{"celery@a":true}'],
  ['/topics/orders', JSON_, '{"topic_name":"orders","partitions":[{"partition":0,"leader":1}]}'],
  ['/nodes', JSON_, '{"data":[{"type":"node","name":"pve1","online":1}]}'],
  ['/x', JSON_, '{"services":[{"serviceName":"a","desiredCount":2,"runningCount":2,"status":"ACTIVE"}]}'],
  ['/server-status', TEXT, 'Total Accesses: 1\nBusyWorkers: 1\nIdleWorkers: 9\n'],
  ['/api/problems', JSON_, '{"problems":[{"id":1,"title":"Two sums"}]}'],
  ['/metrics.json', JSON_, '{"failed":12,"errors":4,"retries":9,"missing_keys":["a"]}'],
  ['/health', JSON_, '{"status":"ok","dead_nodes":[],"unavailableReplicas":0,"lost":0}'],
  ['/health', JSON_, '{"status":"ok","queue":{"failed":12,"done":100}}'],
  ['/health', JSON_, '{"status":"ok","tiebreaker":"node-1","quorum":3}'],
  ['/health', JSON_, '{"status":"ok","jobs":"running 0"}'],
  ['/api/queue', JSON_, '{"queue":[{"id":1,"status":"failed"},{"id":2,"status":"done"}]}'],
  ['/api/mail', JSON_, '{"mail":[{"id":1,"subject":"x","status":"failed"}],"total":1}'],
  ['/value', JSON_, 'null'],
  ['/count', JSON_, '0'],
  ['/health', JSON_, '{"status":"ok","features":{"beta":{"state":"inactive"}}}'],
  [
    '/api/pods',
    JSON_,
    '{"kind":"Pod","status":{"phase":"Succeeded","conditions":[{"type":"Ready","status":"False","reason":"PodCompleted"}]}}',
  ],
  [
    '/api/app',
    JSON_,
    '{"kind":"Deployment","status":{"replicas":2,"readyReplicas":2,"conditions":[{"type":"Available","status":"True"}]}}',
  ],
  ['/v1/sys/leader', JSON_, '{"ha_enabled":false,"is_self":false,"leader_address":""}'],
  ['/jsz', JSON_, '{"meta_cluster":{"name":"c","leader":"n1","replicas":[{"name":"n2","current":true,"active":12}]}}'],
  ['/overview', JSON_, '{"taskmanagers":2,"slots-total":8,"jobs-running":1,"jobs-failed":3}'],
  ['/_membership', JSON_, '{"all_nodes":["couch@a"],"cluster_nodes":["couch@a"]}'],
  ['/patroni', JSON_, '{"state":"running","role":"replica","replication_state":"streaming","patroni":{"scope":"s"}}'],
  ['/hello', JSON_, '{"isWritablePrimary":false,"secondary":true,"ok":1,"readOnly":false}'],
  ['/stats;csv', TEXT, '# pxname,svname,qcur,status,weight\nweb,FRONTEND,,OPEN,\nweb,a,0,UP,1\nweb,BACKEND,0,UP,1\n'],
  [
    '/nginx_status',
    TEXT,
    'Active connections: 3 \nserver accepts handled requests\n 1 1 1 \nReading: 0 Writing: 1 Waiting: 2 \n',
  ],
  ['/api/payments', JSON_, '{"data":[{"id":1,"status":"failed"},{"id":2,"status":"paid"}]}'],
  ['/api/payments', JSON_, '{"success":true,"data":[{"id":1,"status":"failed","amount":12}]}'],
  ['/api/payments', JSON_, '{"status":"success","data":{"payments":[{"id":1,"status":"failed"}]}}'],
  ['/api/payments', JSON_, '{"results":[{"id":1,"status":"failed"}],"count":1}'],
  ['/api/payments/1', JSON_, '{"data":{"id":1,"status":"failed"}}'],
  ['/api/payments/1', JSON_, '{"id":1,"status":"failed","amount":12,"currency":"EUR"}'],
  ['/items/posts', JSON_, '{"data":[{"id":"8c1f7f9e-0a3b-4f37-9d0e-0d0f5f1f6a11","status":"draft"}]}'],
  ['/v1/charges', JSON_, '{"object":"list","data":[{"id":"ch_1","status":"failed","paid":false}],"has_more":false}'],
  ['/graphql', JSON_, '{"data":{"payment":{"id":"1","status":"FAILED"}}}'],
  ['/todos', JSON_, '[{"id":1,"title":"x","status":"failed"}]'],
  ['/api/services', JSON_, '{"services":[{"id":3,"name":"Haircut","price":20,"available":false}]}'],
  ['/health', JSON_, '{"status":"ok","data":[{"orderId":1,"status":"failed"}]}'],
  ['/health', JSON_, '{"status":"ok","issues":[],"api":"v2","mail":"ops@x.example","lastError":"a week ago"}'],
  ['/health', JSON_, '{"status":"ok","cpu":{"percent":40},"disk":{"free_percent":96},"links":{"db":{"error":"none"}}}'],
  ['/api/tracker', JSON_, '{"success":true,"issues":[{"id":7,"title":"x"}]}'],
  ['/readme', TEXT, 'Shop: a program\nLicence: MIT\nStatus of servers => see below\n'],
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
