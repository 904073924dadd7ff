import {type ForeignDocument, json} from './foreign-document.ts'

/** End points that somebody wrote for one application. */
export const BY_HAND: readonly ForeignDocument[] = [
  json('by hand', 'NOK', {status: 'NOK'}, 'down'),
  json('by hand', 'KO', {status: 'KO'}, 'down'),
  json('by hand', 'not ready', {status: 'not ready'}, 'down'),
  json('by hand', 'starting', {status: 'starting'}, 'degraded'),
  json('by hand', 'maintenance', {status: 'maintenance'}, 'degraded'),
  json('by hand', 'zero', {status: 0}, 'degraded', {says: 'not understood'}),
  json('by hand', 'timeout', {status: 'timeout'}, 'down'),
  json('by hand', 'ok: false', {ok: false, error: 'no db'}, 'down'),
  json('by hand', 'ready: false', {ready: false}, 'down'),
  json('by hand', 'a list of issues', {status: 'ok', issues: ['queue stuck']}, 'degraded', {
    failing: {issues: 'degraded'},
  }),
  json('by hand', 'why it is degraded', {healthy: true, degraded_reasons: ['no quorum']}, 'degraded'),
  json('by hand', 'a dependency in its own words', {ok: 'true', db: 'ERR_CONN_REFUSED'}, 'degraded', {
    failing: {db: 'degraded'},
    sole: true,
  }),
  json('by hand', 'a dependency in a sentence', {status: 'ok', redis: 'down since 3m'}, 'degraded', {sole: true}),
  json('by hand', 'an error deep inside', {status: 'up', links: {postgres: {error: 'timeout'}}}, 'degraded', {
    failing: {postgres: 'degraded'},
    says: 'timeout',
    sole: true,
  }),
  json('by hand', 'the result of a check', {HealthCheck: {Result: 'FAILED'}}, 'degraded', {sole: true}),
  json('by hand', 'memory without a section', {status: 'ok', memory: {percent: '99.4'}}, 'degraded', {
    failing: {memory: 'degraded'},
    says: '99.4 % used',
  }),
  json('by hand', 'a disk in one text', {status: 'ok', diskUsage: '98%'}, 'degraded'),
  json('by hand', 'statusCode', {statusCode: 503, message: 'x'}, 'down'),
  json('by hand', 'a status line', {status: '503 Service Unavailable'}, 'down'),
  json('by hand', 'a good status line', {status: '200 OK'}, 'up'),
  json('by hand', 'maintenance as a word', {status: 'OK', maintenance_mode: 'on'}, 'degraded', {sole: true}),
  json('by hand', 'maintenance as an object', {status: 'OK', maintenance: {enabled: true, by: 'ann'}}, 'degraded'),
  json('by hand', 'read-only as a text', {status: 'OK', read_only: 'true'}, 'degraded', {sole: true}),
  json('by hand', 'parts by number', {checks: [{id: 1, status: 'fail'}]}, 'degraded', {path: '/api/state-of-things'}),
  json('by hand', 'parts by number and name', {data: [{id: 1, name: 'db', status: 'down'}]}, 'degraded', {
    path: '/api/things',
    failing: {db: 'down'},
  }),
  json('by hand', 'numbers where health is asked for', {data: [{id: 1, status: 'failed'}]}, 'degraded'),
  json('by hand', 'success: false', {success: false, data: null}, 'down'),
  json('by hand', 'status 500 in the body', {status: 500, message: 'boom'}, 'down'),
  json('by hand', 'booleans of dependencies', {status: 'ok', database: true, redis: false}, 'degraded', {
    failing: {redis: 'down'},
  }),
  json('by hand', 'memory at 97 %', {status: 'ok', checks: {memory: {status: 'ok', usage: '97%'}}}, 'degraded', {
    failing: {memory: 'degraded'},
    says: '97 % used',
  }),
  json('by hand', 'memory at 97 of 100', {status: 'ok', checks: {memory: {usedPercent: 97}}}, 'degraded', {
    failing: {memory: 'degraded'},
  }),
  json(
    'by hand',
    'memory used of total',
    {status: 'ok', checks: {memory: {status: 'ok', used: 970, total: 1000}}},
    'degraded',
    {failing: {memory: 'degraded'}},
  ),
  json(
    'by hand',
    'over its own limit',
    {status: 'ok', checks: {queue: {status: 'ok', value: 1200, threshold: 1000}}},
    'degraded',
    {failing: {queue: 'degraded'}},
  ),
  json('by hand', 'a word nobody knows', {status: 'purple', checks: {a: 'ok'}}, 'degraded', {
    says: '"purple" is not understood',
  }),
  json('by hand', 'an error page', '<html><head><title>503 Backend fetch failed</title></head></html>', 'down', {
    contentType: 'text/html',
    says: '503 Backend fetch failed',
  }),
  json('by hand', 'a page', '<html><head><title>Shop</title></head><body>error rates explained</body></html>', 'up', {
    contentType: 'text/html',
    path: '/',
  }),
  json('by hand', 'half a document', '{"status":"ok","checks":{"db":', 'degraded', {says: 'JSON cannot be read'}),
  json('by hand', 'a guarded document', ')]}\',\n{"status":"down"}', 'down'),
]
