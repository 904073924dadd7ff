import {expect, test} from 'vitest'
import {needsEncoding, rawPassword} from './raw-password.ts'

test.each([
  ['postgres://ops:12#secretpart@127.0.0.1:5432/shop', '12#secretpart'],
  ['postgres://ops:ab/secret?part@127.0.0.1/shop', 'ab/secret?part'],
  ['redis://:a@b@cache:6379/0', 'a@b'],
  ['redis://cache:6379/0', undefined],
  ['https://hooks.example/a/guid@guid/b', undefined],
  ['postgres://ops@db/shop', undefined],
  ['not an address', undefined],
])('of %s what was written as password is %s', (value, password) => {
  expect(rawPassword(value)).toBe(password)
})

test('a password that a parser cut up is named, wherever it could not be found', () => {
  expect(needsEncoding('redis://u:ab#secret@h:1/0', '')).toBe(true)
  expect(needsEncoding('postgres://ops:ab/secret@db/shop', undefined)).toBe(true)
  expect(needsEncoding('postgres://ops:12#secret@db/shop', '12#secret')).toBe(false)
  expect(needsEncoding('https://host:443/hook/guid@guid', '')).toBe(false)
})
