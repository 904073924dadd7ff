import {expect, test} from 'vitest'
import {OpsError} from '../errors.ts'
import {systemClock} from '../units/clock.ts'
import {attemptProbe} from './attempt.ts'

const errno = (code: string, syscall: string): Error => Object.assign(new Error(code), {code, syscall})
const probe = (thrown: Error) =>
  attemptProbe(systemClock, new AbortController().signal, () => Promise.reject(thrown)).then(
    ({status}) => status,
    () => 'could not probe',
  )

test.each([
  ['a variable that is not set', new OpsError('config/secret', '$TOKEN is not set'), 'could not probe'],
  ['a program that is missing', new OpsError('process/missing', 'curl is not installed'), 'could not probe'],
  ['a file that cannot be read', errno('ENOENT', 'open'), 'could not probe'],
  ['no file descriptors here', errno('EMFILE', 'connect'), 'could not probe'],
  ['no network here', errno('ENETUNREACH', 'connect'), 'could not probe'],
  ['a refused connection', errno('ECONNREFUSED', 'connect'), 'down'],
  ['no route to the host', errno('EHOSTUNREACH', 'connect'), 'down'],
])('%s: %s', async (_, thrown, expected) => {
  expect(await probe(thrown)).toBe(expected)
})
