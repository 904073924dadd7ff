import * as fc from 'fast-check'
import {describe, expect, test} from 'vitest'
import {addressOfKeywords} from './address.ts'
import {connectionStringFault, parseConnectionString} from './parse.ts'

describe('a connection string is read as libpq reads it:', () => {
  test.each([
    ['postgres://', {}],
    ['postgresql://localhost', {host: 'localhost'}],
    ['postgres://me@db:6000/shop', {user: 'me', host: 'db', port: '6000', dbname: 'shop'}],
    [
      'postgres://me:p%40ss%3Aw%2Fo%3Frd%231%20%2525@db/shop',
      {user: 'me', password: 'p@ss:w/o?rd#1 %25', host: 'db', dbname: 'shop'},
    ],
    ['postgres://me:a:b@db', {user: 'me', password: 'a:b', host: 'db'}],
    // The first @ ends the password; what comes after it is taken for a host.
    ['postgres://me:admin@pw@db:1/shop', {user: 'me', password: 'admin', host: 'pw@db', port: '1', dbname: 'shop'}],
    // A slash before the @, and there are no credentials at all.
    ['postgres://me:12/secret@db:1/shop', {host: 'me', port: '12', dbname: 'secret@db:1/shop'}],
    ['postgres://me:pa#ss@db/shop', {user: 'me', password: 'pa#ss', host: 'db', dbname: 'shop'}],
    ['postgres://a:1,b,[::1]:3/shop', {host: 'a,b,::1', port: '1,,3', dbname: 'shop'}],
    ['postgres://%2Ftmp%2Fsock:5433/shop', {host: '/tmp/sock', port: '5433', dbname: 'shop'}],
    ['postgres://me:pw@/shop?host=/tmp/sock', {user: 'me', password: 'pw', host: '/tmp/sock', dbname: 'shop'}],
    ['postgres://db/shop?host=other&dbname=x&a', /"a" in the query has no value/],
    ['postgres://db/shop?host=other&dbname=x', {host: 'other', dbname: 'x'}],
    ['postgres://db/a/b', {host: 'db', dbname: 'a/b'}],
    ['postgres://db/shop ', {host: 'db', dbname: 'shop '}],
    ['postgres://db/shop?ssl=true', {host: 'db', dbname: 'shop', sslmode: 'require'}],
    [
      'postgres://db/shop?options=-c%20search_path%3Dpublic',
      {host: 'db', dbname: 'shop', options: '-c search_path=public'},
    ],
    ['postgres://db/a+b', {host: 'db', dbname: 'a+b'}],
    ['postgres://pct:100%sure@db/shop', /"%" that does not begin %XX/],
    ['postgres://db/%00', /%00 is not allowed/],
    ['postgres://db/%ff', /not UTF-8/],
    ['postgres://db?schema=public', /"schema" is not a keyword/],
    ['postgres://db?ssl=false', /"ssl" is not a keyword/],
    ['postgres://db?options=-c a=b', /has two "="/],
    ['postgres://[::1/shop', /no closing bracket/],
    ['postgres://[]/shop', /may not be empty/],
    ['postgres://[::1]x/shop', /unexpected character/],
    ['postgresql+psycopg2://db/shop', /scheme should be/],
    ['jdbc:postgresql://db/shop?user=me', /scheme should be/],
    ['shop', /neither a URL nor/],
    ['host=db port = 6000 dbname=shop', {host: 'db', port: '6000', dbname: 'shop'}],
    [`password='it\\'s a \\\\ x'user=me`, {password: `it's a \\ x`, user: 'me'}],
    ['password=a\\ b host=', {password: 'a b', host: ''}],
    ['host db=x', /"=" is missing after "host"/],
    [`host='db`, /no closing quote/],
    ['hostname=db', /"hostname" is not a keyword/],
  ])('%s', (text, expected) => {
    if (expected instanceof RegExp) expect(() => parseConnectionString(text)).toThrow(expected)
    else expect(parseConnectionString(text)).toEqual(expected)
  })
})

const value = fc.string({unit: 'grapheme', minLength: 1, maxLength: 12}).filter(text => !text.includes('\0'))
const name = fc.stringMatching(/^[a-z0-9.-]{1,12}$/)
const settings = fc.record(
  {
    user: value,
    password: value,
    dbname: value,
    options: value,
    application_name: value,
    host: fc.oneof(
      name,
      value.map(text => `/${text.replaceAll(',', '')}`),
    ),
    port: fc.integer({min: 1, max: 65_535}).map(String),
  },
  {requiredKeys: []},
)
const percent = (text: string): string => encodeURIComponent(text).replaceAll("'", '%27')

test('whatever the values are, both ways of writing them give them back', () => {
  fc.assert(
    fc.property(settings, fc.boolean(), (given, inQuery) => {
      const {user, password, host, port, dbname, ...others} = given
      const query = Object.entries(inQuery ? given : others).map(([key, text]) => `${key}=${percent(text ?? '')}`)
      const credentials =
        user === undefined ? '' : `${percent(user)}${password === undefined ? '' : `:${percent(password)}`}@`
      const place = `${percent(host ?? '')}${port === undefined ? '' : `:${port}`}/${percent(dbname ?? '')}`
      const uri = inQuery ? 'postgres://' : `postgres://${credentials}${place}`
      const written = user === undefined && !inQuery ? {...given, password: undefined} : given
      const wanted = Object.fromEntries(Object.entries(written).filter(([, text]) => text !== undefined))
      expect(parseConnectionString(query.length === 0 ? uri : `${uri}?${query.join('&')}`)).toEqual(wanted)
      const quoted = Object.entries(given).map(
        ([key, text]) => `${key} = '${(text ?? '').replaceAll(/['\\]/g, '\\$&')}'`,
      )
      if (quoted.length > 0) expect(parseConnectionString(quoted.join(' '))).toEqual(given)
    }),
    {seed: 20_261_126, numRuns: 2000},
  )
})

test('whatever is written, it is read or refused as config/invalid, and no secret stands in the refusal', () => {
  const piece = fc.oneof(
    fc.constantFrom('postgres://', '@', ':', '/', '?', '&', '=', '%', '[', ']', ',', ' ', "'", '\\'),
    fc.string({maxLength: 5}),
  )
  fc.assert(
    fc.property(fc.array(piece, {maxLength: 12}), pieces => {
      const text = `${pieces.join('')}hunter22${pieces.toReversed().join('')}`
      const fault = connectionStringFault(text)
      if (fault === undefined) return
      expect(() => parseConnectionString(text)).toThrow(expect.objectContaining({code: 'config/invalid'}))
      expect(fault).not.toContain('hunter22')
    }),
    {seed: 20_261_126, numRuns: 5000},
  )
})

test('an address for people has neither user, password nor query', () => {
  const shown = (text: string): string => addressOfKeywords(parseConnectionString(text))
  expect(shown('postgres://me:hunter22@a:1,b:2/shop?password=hunter22')).toBe('postgres://a:1,b:2/shop')
  expect(shown('host=/run/pg port=6000 user=me password=hunter22 dbname=shop')).toBe('postgres:///run/pg:6000/shop')
  expect(shown('postgres://[::1]:5/shop')).toBe('postgres://[::1]:5/shop')
})
