import {chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync} from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import {afterEach, beforeEach, expect, test} from 'vitest'
import {loadConfig, readConfig} from '../config/load.ts'
import type {CheckedConfigs, ConfigText} from '../config/checked.ts'
import type {Config} from '../config/schema.ts'
import {checkedPlace, openCheckedConfigs} from './checked-configs.ts'

const SERVICE = `environments: [{name: dev}]
services: [{name: web, interval: 5s, probe: {type: http, url: 'http://127.0.0.1/'}}]
`
let [root, directory] = ['', '']
beforeEach(() => {
  root = mkdtempSync(path.join(os.tmpdir(), 'opsconsole-checked-'))
  directory = path.join(root, 'config')
})
afterEach(() => rmSync(root, {recursive: true, force: true}))

const opened = (program = 'AAAAAAAA'): CheckedConfigs => openCheckedConfigs({directory, program})
const text = (written: string): ConfigText => ({
  file: '/etc/ops/opsconsole.yaml',
  home: '/home/me',
  bytes: Buffer.from(written),
})
const checked = ({bytes, file, home}: ConfigText): Config => readConfig(bytes, file, home)

function kept(written = SERVICE): ConfigText {
  const given = text(written)
  const configs = opened()
  configs.learn(given, checked(given))
  configs.keep()
  return given
}

test('the next start takes what the check had come to', () => {
  for (const written of [SERVICE, `${SERVICE}databases: [{name: shop, url: 'postgres://ops@db/shop'}]\n`]) {
    const given = kept(written)
    expect(opened().find(given)).toStrictEqual(checked(given))
  }
})

test('what every key comes to is plain data', () => {
  const file = path.resolve(import.meta.dirname, '../../docs/example.opsconsole.yaml')
  const config = readConfig(readFileSync(file), file, '/home/me')
  expect(JSON.parse(JSON.stringify(config))).toStrictEqual(config)
})

test('it is for its owner alone', () => {
  kept()
  const [name = ''] = readdirSync(directory)
  expect([directory, path.join(directory, name)].map(each => statSync(each).mode & 0o777)).toEqual([0o700, 0o600])
})

test('another text, place, home or program is checked anew, and what is kept for another program goes', () => {
  const given = kept()
  const others: readonly ConfigText[] = [
    text(`${SERVICE}#`),
    {...given, file: '/etc/other/opsconsole.yaml'},
    {...given, home: undefined},
  ]
  expect(others.map(each => opened().find(each))).toEqual(others.map(() => undefined))
  expect(opened('BBBBBBBB').find(given)).toBeUndefined()
  const newer = opened('BBBBBBBB')
  newer.learn(given, checked(given))
  newer.keep()
  expect(readdirSync(directory).map(name => name.slice(0, 8))).toEqual(['BBBBBBBB'])
})

test.each([
  ['a secret', 'heartbeats: [{name: nightly, every: 1d, token: hunter2hunter2hunter2}]\n'],
  ['an address with a password', "databases: [{name: shop, url: 'postgres://ops:hunter2@db/shop'}]\n"],
  [
    'an address with a password in its parameters',
    "databases: [{name: shop, url: 'postgres://db/shop?password=hunter2'}]\n",
  ],
  [
    'an address that is a secret',
    "alerts: {channels: [{type: chat, name: ops, format: slack, url: 'https://hooks.example.com/T/B/hunter2'}]}\n",
  ],
  ['a password where none is expected', '# see https://me:hunter2@example.com/\n'],
])('a file that holds %s is not kept a second time', (_, more) => {
  kept(`${SERVICE}${more}`)
  expect(() => readdirSync(directory)).toThrow('ENOENT')
})

test('what others could have written, or what is damaged, is not believed', () => {
  const given = kept()
  const file = path.join(directory, readdirSync(directory)[0] ?? '')
  const whole = readFileSync(file, 'utf8')
  chmodSync(file, 0o640)
  expect(opened().find(given)).toBeUndefined()
  chmodSync(file, 0o600)
  chmodSync(directory, 0o770)
  expect(opened().find(given)).toBeUndefined()
  chmodSync(directory, 0o700)
  expect(opened().find(given)).toBeDefined()
  writeFileSync(file, whole.slice(0, -10))
  expect(opened().find(given)).toBeUndefined()
})

test('only the built program keeps any, by the name of its file, beside its compiled code', () => {
  expect(checkedPlace({HOME: '/home/me'}, '/usr/lib/opsconsole/dist/chunk-2ESYTHRD.mjs')).toEqual({
    directory: '/home/me/.cache/opsconsole/config',
    program: '2ESYTHRD',
  })
  expect(checkedPlace({HOME: '/home/me'}, '/src/store/checked-configs.ts')).toBeUndefined()
  expect(checkedPlace({}, '/dist/chunk-2ESYTHRD.mjs')).toBeUndefined()
})

test('a file that was checked before is read and compared, not parsed and checked', () => {
  const file = path.join(root, 'opsconsole.yaml')
  writeFileSync(file, SERVICE)
  const source = {env: {HOME: '/home/me'}, cwd: root, checked: opened()}
  const first = loadConfig(source)
  source.checked.keep()
  const given = {...text(SERVICE), file}
  expect(opened().find(given)).toStrictEqual(first)
  const known = {...first, project: 'known'}
  const found: CheckedConfigs = {...opened(), find: () => known}
  expect(loadConfig({...source, checked: found})).toBe(known)
})
