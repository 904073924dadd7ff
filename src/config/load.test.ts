import {mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import {afterAll, describe, expect, test, vi} from 'vitest'
import {OpsError} from '../errors.ts'
import {probes} from '../probes/registry.ts'
import {loadConfig, readConfig} from './load.ts'

const directory = mkdtempSync(path.join(os.tmpdir(), 'opsconsole-config-'))
afterAll(() => rmSync(directory, {recursive: true, force: true}))

function refusal(read: () => unknown): OpsError {
  try {
    read()
  } catch (error) {
    if (error instanceof OpsError) return error
    throw error
  }
  throw new Error('it was accepted')
}

const issuesOf = (text: string): string[] => {
  const {code, message} = refusal(() => readConfig(text, '/etc/x/opsconsole.yaml'))
  expect(code).toBe('config/invalid')
  return message.split('\n').slice(1)
}

const ENVIRONMENT = 'environments:\n  - name: production\n'
const service = (rest: string): string =>
  `${ENVIRONMENT}services:\n  - name: web\n    probe: {type: http, url: "http://localhost/"}\n${rest}`

// The first one here: what was compiled once stays.
test('a configuration is read once: no code is compiled for it', () => {
  const compile = vi.spyOn(globalThis, 'Function')
  try {
    expect(readConfig(service(''), '/etc/x/opsconsole.yaml').services).toHaveLength(1)
    expect(compile).not.toHaveBeenCalled()
  } finally {
    compile.mockRestore()
  }
})

describe('a wrong key or value is named with its path, the accepted shape and its place', () => {
  test.each([
    [
      'an unknown key',
      `${ENVIRONMENT}enviroments: []\n`,
      'enviroments: is not a key here, did you mean environments? (line 3, column 1)',
    ],
    [
      'an unknown key that is near nothing',
      'environments:\n  - name: a\n    zzzzzz: 1\n',
      'environments/0/zzzzzz: is not a key here; accepted: name, protected, description (line 3, column 5)',
    ],
    [
      'an address that is none',
      `${ENVIRONMENT}services:\n  - {name: web, probe: {type: http, url: "htp://x"}}\n`,
      'services/0/probe/url: should be an http or https URL, got "htp://x" (line 4, column 42)',
    ],
    [
      'a password in an address that is none',
      `${ENVIRONMENT}services:\n  - {name: web, probe: {type: http, url: "htp://me:sw@rdfish@x/"}}\n`,
      'services/0/probe/url: should be an http or https URL, got "htp://***@x/" (line 4, column 42)',
    ],
    [
      'a duration without its unit',
      service('    interval: 30\n'),
      'services/0/interval: should be a duration such as 30s, 5m or 1h30m, got 30 (line 6, column 15)',
    ],
    [
      'a duration that is none',
      service('    interval: soon\n'),
      'services/0/interval: should be a duration such as 30s, 5m or 1h30m, got "soon" (line 6, column 15)',
    ],
    [
      'an interval that is too short',
      service('    interval: 1ms\n'),
      'services/0/interval: should be at least 100ms, got 1ms (line 6, column 15)',
    ],
    [
      'a lease that is too short',
      `${ENVIRONMENT}sharedLocks: {url: "postgres://x/y", leaseDuration: 1s}\n`,
      'sharedLocks/leaseDuration: should be at least 2s (line 3, column 53)',
    ],
    ['no deadline', service('    timeout: 0s\n'), 'services/0/timeout: should be more than 0s (line 6, column 14)'],
    [
      'a share over one',
      `${ENVIRONMENT}alerts: {hitRateBelow: 50}\n`,
      'alerts/hitRateBelow: should be a share such as 0.5 or "50%", got 50 (line 3, column 24)',
    ],
    [
      'an unknown type',
      `${ENVIRONMENT}services:\n  - {name: web, probe: {type: htpp}}\n`,
      `services/0/probe/type: should be one of ${probes.types.join(', ')}, got "htpp", did you mean http? (line 4, column 31)`,
    ],
    [
      'a number out of its range',
      `${ENVIRONMENT}services:\n  - {name: web, probe: {type: tcp, host: a, port: 70000}}\n`,
      'services/0/probe/port: should be a whole number from 1 to 65535, got 70000 (line 4, column 51)',
    ],
    [
      'a word that is not offered',
      `${ENVIRONMENT}policy: {onFailure: undoo}\n`,
      'policy/onFailure: should be one of undo, leave, got "undoo", did you mean undo? (line 3, column 21)',
    ],
    [
      'text for yes or no',
      `${ENVIRONMENT}policy: {readOnly: "yes"}\n`,
      'policy/readOnly: should be true or false, got "yes" (line 3, column 20)',
    ],
    [
      'a name in capitals',
      'environments:\n  - name: Production\n',
      'environments/0/name: should be a name of lower-case letters, digits, dots, dashes, got "Production" (line 2, column 11)',
    ],
    [
      'a missing value',
      `${ENVIRONMENT}services:\n  - name: web\n`,
      `services/0/probe: is missing; should be a section with type: ${probes.types.join(', ')} (How the service is probed) (line 4, column 5)`,
    ],
    [
      'no environments',
      'services: []\n',
      'environments: is missing; should be a list of sections (The environments; the first is the one shown first) (line 1, column 1)',
    ],
    [
      'an empty list',
      'environments: []\n',
      'environments: should be a list of sections, got an empty list (line 1, column 15)',
    ],
    [
      'a list for a section',
      `${ENVIRONMENT}policy: [1]\n`,
      'policy: should be a section with readOnly, promptExpiry, onFailure, approvals, runbookDirectories, got a list (line 3, column 9)',
    ],
    [
      'text for the whole file',
      'hello\n',
      'the file: should be a section with project, environments, services, databases, caches, backups, releases, schedules, heartbeats, alerts, sharedLocks, freezes, policy, keys, hotkeys, got "hello" (line 1, column 1)',
    ],
    [
      'a secret of the wrong kind, without showing it',
      `${ENVIRONMENT}caches: [{name: c, url: 123456}]\n`,
      'caches/0/url: should be a string, {env: NAME}, {file: PATH} or {command: [...]} (line 3, column 25)',
    ],
    [
      'an address of another kind of server, without showing it',
      `${ENVIRONMENT}caches: [{name: c, url: "http://:hidden@h"}]\n`,
      'caches/0/url: should be a redis:// or rediss:// URL (line 3, column 25)',
    ],
    [
      'a regular expression that does not compile',
      `${ENVIRONMENT}services:\n  - {name: web, probe: {type: http, url: "http://x/", expect: {body: "("}}}\n`,
      'services/0/probe/expect/body: should be a regular expression: Invalid regular expression: /(/: Unterminated group (line 4, column 70)',
    ],
    [
      'a control character in a value',
      'environments:\n  - name: "a\\u001b]0;x\\u0007\\u202e"\n',
      String.raw`environments/0/name: should be a name of lower-case letters, digits, dots, dashes, got "a\u001b]0;x\u0007<U+202E>" (line 2, column 11)`,
    ],
  ])('%s', (_, text, expected) => {
    expect(issuesOf(text)).toEqual([expected])
  })

  test('every issue of a file is listed, not only the first', () => {
    expect(
      issuesOf('environments: [{name: a}]\nservices: [{name: x}, {name: y}]\npolicy: {readonly: true}\n'),
    ).toHaveLength(3)
  })

  test('a file with thousands of issues is summed up', () => {
    const lines = issuesOf(`${ENVIRONMENT}services:\n${'  - {name: UP}\n'.repeat(2000)}`)
    expect(lines).toHaveLength(51)
    expect(lines.at(-1)).toBe('and 3950 more')
  })
})

const TWO = 'environments: [{name: production}, {name: staging}]\n'
const DATABASES = 'databases:\n  - {name: shop, environment: production, url: "postgres://h/shop"}\n'
const backup = (environment: string, database: string): string =>
  `backups:\n  - {name: b, environment: ${environment}, database: ${database}, storage: {type: dir, path: b}, encryption: {recipients: [age1abc]}}\n`

test('five thousand services that need each other are accepted, and one more that needs nothing known is named', () => {
  const lines = Array.from(
    {length: 5000},
    (_, index) =>
      `  - name: s${index}\n    probe: {type: http, url: "http://s${index}/", expect: {status: 200}}\n    dependsOn: [s${(index + 1) % 5000}]\n`,
  )
  const text = `${ENVIRONMENT}services:\n${lines.join('')}`
  expect(readConfig(text, '/etc/x/opsconsole.yaml').services).toHaveLength(5000)
  const [issue] = issuesOf(`${text}  - {name: last, probe: {type: http, url: "http://x/"}, dependsOn: [s50000]}\n`)
  expect(issue).toMatch(/^services\/5000\/dependsOn\/0: should be one of s0, .* and \d+ more, got "s50000"/)
})

test('a service that needs itself is named', () => {
  expect(issuesOf(service('    dependsOn: [web]\n'))).toEqual([
    'services/0/dependsOn/0: should be another one: nothing depends on itself (line 6, column 17)',
  ])
})

describe('entries belong to an environment', () => {
  test('the only environment is taken when an entry names none', () => {
    const config = readConfig(service(''), '/etc/x/opsconsole.yaml')
    expect(config.services[0]).toMatchObject({environment: 'production', interval: 30_000})
    expect(config.file).toBe('/etc/x/opsconsole.yaml')
  })

  test('the same name may be used once in each environment', () => {
    const entry = (environment: string): string =>
      `  - {name: web, environment: ${environment}, probe: {type: redis, url: "redis://h"}}\n`
    const config = readConfig(`${TWO}services:\n${entry('production')}${entry('staging')}`, '/x.yaml')
    expect(config.services.map(({environment}) => environment)).toEqual(['production', 'staging'])
    expect(issuesOf(`${TWO}services:\n${entry('staging')}${entry('staging')}`)).toEqual([
      'services/1/name: should be unique: services/0 is the service web in staging already (line 4, column 12)',
    ])
  })

  test.each([
    [
      'none is named and there are several',
      `${TWO}caches: [{name: c, url: "redis://h"}]\n`,
      'caches/0/environment: is missing; with several environments it should be one of production, staging (line 2, column 10)',
    ],
    [
      'one that is not configured',
      `${TWO}caches: [{name: c, environment: stagin, url: "redis://h"}]\n`,
      'caches/0/environment: should be one of production, staging, got "stagin", did you mean staging? (line 2, column 33)',
    ],
    [
      'a backup of a database elsewhere',
      `${TWO}${DATABASES}${backup('staging', 'shop')}`,
      'backups/0/database: names something that is not configured, got "shop" (line 5, column 47)',
    ],
    [
      'a backup of a database that is spelt wrong',
      `${TWO}${DATABASES}${backup('production', 'shpo')}`,
      'backups/0/database: should be one of shop, got "shpo", did you mean shop? (line 5, column 50)',
    ],
    [
      'a dependency that is not there',
      service('    dependsOn: [cache]\n'),
      'services/0/dependsOn/0: names something that is not configured, got "cache" (line 6, column 17)',
    ],
    [
      'the same environment twice',
      'environments: [{name: a}, {name: a}]\n',
      'environments/1/name: should be unique: environments/0 is the environment a already (line 1, column 34)',
    ],
  ])('%s', (_, text, expected) => {
    expect(issuesOf(text)).toEqual([expected])
  })
})

test('relative paths are relative to the file, and ~ is the home directory', () => {
  const text = `${ENVIRONMENT}${DATABASES.replace('production', 'production')}${backup('production', 'shop')}
alerts: {channels: [{type: file, name: f, path: ~/alerts.log}]}
services: [{name: x, probe: {type: command, command: [./check, ./argument]}}, {name: y, probe: {type: command, command: [uptime]}}]
`
  const config = readConfig(text, '/etc/ops/opsconsole.yaml', '/home/me')
  expect(config.backups[0]?.storage).toMatchObject({path: '/etc/ops/b'})
  expect(config.alerts.channels[0]).toMatchObject({path: '/home/me/alerts.log'})
  expect(config.policy.runbookDirectories).toEqual(['/etc/ops/runbooks'])
  expect(config.services.map(({probe}) => probe)).toMatchObject([
    {command: ['/etc/ops/check', './argument']},
    {command: ['uptime']},
  ])
})

describe('the file is looked for in a fixed order', () => {
  const good = `${ENVIRONMENT}project: `
  const cwd = path.join(directory, 'cwd')
  const home = path.join(directory, 'home')
  mkdirSync(path.join(home, '.config/opsconsole'), {recursive: true})
  mkdirSync(cwd)

  test('nothing anywhere names every place that was tried', () => {
    const error = refusal(() => loadConfig({env: {HOME: home}, cwd}))
    expect(error.code).toBe('config/missing')
    expect(error.message).toContain(path.join(cwd, 'opsconsole.yaml'))
    expect(error.message).toContain(path.join(home, '.config/opsconsole/opsconsole.yaml'))
    expect(error.hint).toContain('opsconsole init')
  })

  test('home, then the working directory, then the environment, then the flag', () => {
    writeFileSync(path.join(home, '.config/opsconsole/opsconsole.yaml'), `${good}home`)
    expect(loadConfig({env: {HOME: home}, cwd}).project).toBe('home')
    writeFileSync(path.join(cwd, 'opsconsole.yaml'), `${good}here`)
    expect(loadConfig({env: {HOME: home}, cwd}).project).toBe('here')
    writeFileSync(path.join(directory, 'env.yaml'), `${good}env`)
    const env = {HOME: home, OPSCONSOLE_CONFIG: path.join(directory, 'env.yaml')}
    expect(loadConfig({env, cwd}).project).toBe('env')
    writeFileSync(path.join(cwd, 'flag.yaml'), `${good}flag`)
    expect(loadConfig({env, cwd, file: 'flag.yaml'}).project).toBe('flag')
  })

  test('a named file that is not there is never replaced by another', () => {
    expect(refusal(() => loadConfig({env: {}, cwd, file: 'gone.yaml'})).message).toContain('gone.yaml (from --config)')
    expect(refusal(() => loadConfig({env: {OPSCONSOLE_CONFIG: '/gone.yaml'}, cwd})).message).toContain(
      '$OPSCONSOLE_CONFIG',
    )
  })

  test('a directory or a device is not read', () => {
    expect(refusal(() => loadConfig({env: {}, cwd, file: '.'})).code).toBe('config/unreadable')
    expect(refusal(() => loadConfig({env: {}, cwd, file: '/dev/zero'})).message).toContain('not a regular file')
  })
})
