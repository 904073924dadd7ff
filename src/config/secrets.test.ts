import {mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import {afterAll, describe, expect, test} from 'vitest'
import {messageOf, OpsError} from '../errors.ts'
import type {Exec} from '../processes/exec.ts'
import type {SecretRef} from './fields.ts'
import {createRedactor} from '../text/redact.ts'
import {createSecretResolver, isTooShort, secretParts} from './secrets.ts'

const cwd = mkdtempSync(path.join(os.tmpdir(), 'opsconsole-secrets-'))
afterAll(() => rmSync(cwd, {recursive: true, force: true}))
writeFileSync(path.join(cwd, 'token'), 'from a file\n')
writeFileSync(path.join(cwd, 'empty'), '\n')

const exec: Exec = argv => {
  if (argv[0] === 'op') return Promise.resolve({exitCode: 0, stdout: 'from a command\r\n', stderr: '', durationMs: 1})
  if (argv[0] === 'leaky') return Promise.reject(new OpsError('process/failed', 'leaky printed: half-a-secret'))
  return Promise.reject(new OpsError('process/missing', `${argv[0]} is not installed`))
}

function resolver() {
  const remembered: string[] = []
  const resolve = createSecretResolver({
    exec,
    env: {TOKEN: 'from the environment', EMPTY: ''},
    cwd,
    remember: value => remembered.push(value),
  })
  return {resolve, remembered}
}

test.each<[string, SecretRef, string]>([
  ['a plain string', 'plain', 'plain'],
  ['an environment variable', {env: 'TOKEN'}, 'from the environment'],
  ['a file beside the configuration, without its last newline', {file: 'token'}, 'from a file'],
  ['a command', {command: ['op', 'read']}, 'from a command'],
])('%s is read and remembered for redaction', async (_, ref, value) => {
  const {resolve, remembered} = resolver()
  expect(await resolve(ref)).toBe(value)
  expect(remembered).toEqual([value])
})

test.each<[string, SecretRef, RegExp]>([
  ['an unset variable', {env: 'GONE'}, /^environment variable GONE is not set$/],
  ['an empty variable', {env: 'EMPTY'}, /^environment variable EMPTY is empty$/],
  ['a missing file', {file: 'gone'}, /^file gone cannot be read: ENOENT/],
  ['an empty file', {file: 'empty'}, /^file empty is empty$/],
  ['a directory', {file: '.'}, /not a regular file/],
  ['an endless device', {file: '/dev/zero'}, /not a regular file/],
  ['a missing program', {command: ['vault']}, /^command vault is not installed$/],
  ['a failing program, without what it printed', {command: ['leaky']}, /^command leaky failed$/],
])('%s is named with config/secret', async (_, ref, message) => {
  const error = await resolver()
    .resolve(ref)
    .catch((thrown: unknown) => thrown)
  expect(error).toBeInstanceOf(OpsError)
  expect((error as OpsError).code).toBe('config/secret')
  expect((error as OpsError).message).toMatch(message)
  expect(messageOf((error as OpsError).cause ?? '')).not.toContain('half-a-secret')
})

test.each(['redis://u:ab#secretpart@127.0.0.1:1/0', 'postgres://ops:ab/secretpart@127.0.0.1:1/shop'])(
  'the URL %s is refused with what to do, and its password is known all the same',
  async value => {
    const remembered: string[] = []
    const env = {ODD: value}
    const resolve = createSecretResolver({exec, env, cwd, remember: each => remembered.push(each)})
    await expect(resolve({env: 'ODD'})).rejects.toThrow('environment variable ODD needs percent-encoding')
    expect(remembered).toContain(value.slice(value.indexOf('ab'), value.lastIndexOf('@')))
  },
)

describe('of an address only what is secret is remembered', () => {
  test.each([
    ['postgres://app:p%40ss@db/shop', ['postgres://app:p%40ss@db/shop', 'p%40ss', 'p@ss']],
    ['postgres://app:p%2fss@a,b/shop', ['postgres://app:p%2fss@a,b/shop', 'p%2fss', 'p/ss', 'p%2Fss']],
    [`host=db password='p ss'`, [`host=db password='p ss'`, 'p ss', 'p%20ss']],
    ['host=db dbname=shop', []],
    ['redis://localhost:6379', []],
    ['https://x/?token=abc&page=2', ['https://x/?token=abc&page=2', 'abc']],
    ['not a url', ['not a url']],
    ['AGE-SECRET-KEY-1ABC', ['AGE-SECRET-KEY-1ABC']],
  ])('%s', (value, parts) => {
    expect(secretParts(value)).toEqual(parts)
  })
})

test.each([
  ['hunter2', true],
  ['hunter22', false],
  ['日本語', false],
  ['日本', true],
  ['éééé', false],
  ['ééé1', true],
  ['👍👍', false],
  ['  hunter2  ', true],
  ['ab\ncd\nefgh\nij', true],
  ['short\nlong enough\n', false],
  ['postgres://app:secret@db/shop', true],
  ['postgres://app:secret12@db/shop', false],
  ['postgres://app:%C3%A9%C3%A9@db/shop', true],
  ['postgres://app:%C3%A9%C3%A9%C3%A9%C3%A9@db/shop', false],
  ['redis://cache:6379', false],
])('whether %j is too short to be redacted is what the redactor does with it', (value, tooShort) => {
  expect(isTooShort(value)).toBe(tooShort)
  const redactor = createRedactor(secretParts(value))
  const printed = secretParts(value).map(part => part.trim())
  const left = printed.filter(part => redactor.redact(part.split('\n').at(-1) ?? '') === part.split('\n').at(-1))
  if (!value.includes('\n')) expect(left.length > 0).toBe(tooShort)
})
