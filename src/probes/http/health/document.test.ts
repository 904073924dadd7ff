import {describe, expect, test} from 'vitest'
import {readHealthDocument} from './document.ts'

describe('a health document', () => {
  test('gives its status, its version and one row for each check', () => {
    const document = readHealthDocument({
      status: 'ok',
      version: '1.4.2',
      uptime: 12,
      checks: {
        database: {status: 'up', latencyMs: 3},
        redis: 'ok',
        queue: {status: 'warn', message: '41 waiting', depth: 41},
        disk: {healthy: false, error: 'full'},
        memory: 41,
      },
    })
    expect(document).toEqual({
      status: 'up',
      version: '1.4.2',
      checks: [
        {name: 'database', status: 'up', detail: 'up', latencyMs: 3},
        {name: 'redis', status: 'up', detail: 'ok'},
        {name: 'queue', status: 'degraded', detail: '41 waiting, depth 41'},
        {name: 'disk', status: 'down', detail: 'full'},
        {name: 'memory', status: 'up', detail: '41'},
      ],
    })
  })

  test('may list checks as arrays, as IETF health+json does', () => {
    const document = readHealthDocument({
      status: 'pass',
      checks: {
        'db:responseTime': [
          {status: 'pass', observedValue: 250},
          {status: 'fail', output: 'gone'},
        ],
      },
    })
    expect(document?.checks.map(check => check.status)).toEqual(['up', 'down'])
  })

  test.each([
    ['ok', 'up'],
    ['PASS', 'up'],
    ['healthy', 'up'],
    ['degraded', 'degraded'],
    ['warn', 'degraded'],
    ['down', 'down'],
    ['unhealthy', 'down'],
    ['fail', 'down'],
    ['purple', 'degraded'],
  ])('status %j means %j', (word, health) => {
    expect(readHealthDocument({status: word})?.status).toBe(health)
  })

  test.each([
    [true, 'up'],
    [false, 'down'],
    ['ok', 'up'],
    ['DOWN', 'down'],
    ['', 'degraded'],
  ] as const)('%j alone means %s', (value, health) => expect(readHealthDocument(value)?.status).toBe(health))

  test('a check with a word that nobody knows is not called healthy', () => {
    expect(readHealthDocument({checks: {a: 'purple', b: {status: 'odd'}, c: null}})?.checks.map(c => c.status)).toEqual(
      ['degraded', 'degraded', 'degraded'],
    )
  })

  test('is bounded and escaped', () => {
    const checks = Object.fromEntries(Array.from({length: 500}, (_, i) => [`c${i}`, 'x'.repeat(5000)]))
    const document = readHealthDocument({status: 'ok', version: '\u001b[2Jv1', checks})
    expect(document?.checks).toHaveLength(50)
    expect(document?.checks.every(check => check.detail.length <= 160)).toBe(true)
    expect(document?.version).toBe('^[[2Jv1')
  })

  test.each([[42], ['10.0.0.1:8300'], [[1]], [{hello: 'world'}], [[]], [{items: [{name: 'a'}]}]])(
    '%j is none',
    value => {
      expect(readHealthDocument(value)).toBeUndefined()
    },
  )
})
