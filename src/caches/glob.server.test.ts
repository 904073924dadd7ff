import {array, assert, asyncProperty, constantFrom, pre} from 'fast-check'
import {Redis} from 'ioredis'
import {afterAll, beforeAll, describe, expect, test} from 'vitest'
import {type RedisServer, startRedis} from '../../test/servers/redis.ts'
import {asBytes, escapeGlob, fillPatterns, globToRegExp, hasWildcard, placeholdersIn, literalOf} from './glob.ts'

describe('globs', () => {
  test.each([
    ['resume:list:*', 'resume:list:1', true],
    ['resume:list:*', 'resume:list', false],
    ['a?c', 'abc', true],
    ['a?c', 'ac', false],
    ['a[b-d]e', 'ace', true],
    ['a[d-b]e', 'ace', true],
    ['a[^b]c', 'abc', false],
    ['a[]c', 'ac', false],
    [String.raw`a\*`, 'a*', true],
    [String.raw`a\*`, 'ab', false],
    ['a.c', 'abc', false],
    ['a*', 'a\nb', true],
    ['', '', true],
    ['a*b*c', 'abcbc', true],
    ['a*b*c', 'acb', false],
    ['**a**', 'xax', true],
    ['*ab*ab', 'ab', false],
    ['*'.concat('a*'.repeat(30), 'b'), 'a'.repeat(2_000), false],
  ])('%j on %j is %s', (pattern, key, matches) => expect(globToRegExp(pattern).test(key)).toBe(matches))

  test.each([
    ['a*', true],
    ['a?', true],
    ['a[b]', true],
    [String.raw`a\*b`, false],
    [String.raw`a\\*b`, true],
    ['*', true],
    ['plain', false],
  ])('%j has a wildcard: %s', (pattern, wild) => expect(hasWildcard(pattern)).toBe(wild))

  describe('against a real Redis', () => {
    let server: RedisServer
    let redis: Redis
    beforeAll(async () => {
      server = await startRedis()
      redis = new Redis(server.url, {protocol: 2})
    })
    afterAll(async () => {
      redis.disconnect()
      await server.stop()
    })

    const alphabet = constantFrom('a', 'b', 'c', '*', '?', '[', ']', '^', '-', '\\', '{', '.', 'é')
    const text = array(alphabet, {maxLength: 8}).map(pieces => pieces.join(''))

    test('decides like Redis on 600 random patterns and keys', async () => {
      await assert(
        asyncProperty(text, text, async (pattern, key) => {
          await redis.flushall()
          await redis.set(`k${key}`, '1')
          const [, found] = await redis.scan('0', 'MATCH', `k${pattern}`, 'COUNT', 10)
          expect(globToRegExp(asBytes(`k${pattern}`)).test(asBytes(`k${key}`))).toBe(found.length === 1)
        }),
        {numRuns: 600, seed: 7},
      )
    })

    test('a value in a placeholder matches only itself, whatever it holds, on 400 pairs', async () => {
      await assert(
        asyncProperty(
          text.filter(value => value !== ''),
          text,
          async (value, other) => {
            pre(value !== other)
            const [pattern = ''] = fillPatterns('E', ['u:{id}:*'], {id: value})
            await redis.flushall()
            await redis.mset({[`u:${value}:x`]: '1', [`u:${other}:x`]: '1'})
            const [, found] = await redis.scan('0', 'MATCH', pattern, 'COUNT', 10)
            expect(found).toContain(`u:${value}:x`)
            if (!`${other}:x`.startsWith(`${value}:`)) expect(found).toHaveLength(1)
            expect(literalOf(escapeGlob(value))).toBe(value)
            expect(hasWildcard(escapeGlob(value))).toBe(false)
          },
        ),
        {numRuns: 400, seed: 11},
      )
    })
  })
})

describe('events', () => {
  const patterns = ['resume:{id}', 'resume:list:{user}:*']
  test('placeholders are named and filled', () => {
    expect(placeholdersIn(patterns)).toEqual(['id', 'user'])
    expect(fillPatterns('RESUME_UPDATED', patterns, {id: '42', user: 'a*'})).toEqual([
      'resume:42',
      String.raw`resume:list:a\*:*`,
    ])
  })
  test.each([
    [{id: '1'}, /needs a value for \{user\}/],
    [{id: '1', user: ''}, /needs a value for \{user\}/],
    [{id: '1', user: 'u', role: 'x'}, /has no placeholder \{role\}/],
    [{id: '1', user: 'a\0b'}, /NUL/],
  ])('values %j are refused', (values, message) => {
    expect(() => fillPatterns('RESUME_UPDATED', patterns, values as Record<string, string>)).toThrow(message)
  })
})
