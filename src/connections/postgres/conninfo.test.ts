import {mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {afterAll, describe, expect, test} from 'vitest'
import {completeConninfo, readConninfo} from './conninfo.ts'
import {findPassword, readPasswordFile} from './password-file.ts'
import {nameFault} from './server-name.ts'
import {parseService} from './service-file.ts'
import {toolEnvironment} from './tool-environment.ts'

const home = mkdtempSync(path.join(tmpdir(), 'opsconsole-conninfo-'))
afterAll(() => rmSync(home, {recursive: true, force: true}))
const around = (env: Record<string, string> = {}) => ({env, home, account: 'ada'})

test('what the string leaves open comes from the service, then the environment, then libpq', async () => {
  writeFileSync(path.join(home, '.pg_service.conf'), '[other]\nport=1\n[shop]\n# ours\nhost=db\nport=6000\nhost=late\n')
  const env = {PGPORT: '7000', PGUSER: 'env', PGSSLMODE: 'require'}
  expect(await readConninfo('postgres:///shop?service=shop', around(env))).toMatchObject({
    hosts: [{host: 'db', port: '6000'}],
    user: 'env',
    database: 'shop',
    settings: {sslmode: 'require'},
  })
  expect(await readConninfo('postgres://', around())).toMatchObject({
    hosts: [{host: '/var/run/postgresql', port: '5432'}],
    user: 'ada',
    database: 'ada',
    settings: {sslmode: 'prefer', passfile: path.join(home, '.pgpass')},
  })
  await expect(readConninfo('service=none', around())).rejects.toThrow('service "none" is not defined')
})

test('lists of hosts, addresses and ports go together or are refused', async () => {
  const hosts = async (text: string) => (await readConninfo(text, around())).hosts
  expect(await hosts('host=a,b port=1')).toMatchObject([
    {host: 'a', port: '1'},
    {host: 'b', port: '1'},
  ])
  expect(await hosts('postgres://a:1,b/x')).toMatchObject([
    {host: 'a', port: '1'},
    {host: 'b', port: '5432'},
  ])
  expect(await hosts('host=a hostaddr=::1')).toEqual([{host: 'a', hostaddr: '::1', port: '5432'}])
  await expect(hosts('host=a,b port=1,2,3')).rejects.toThrow('3 ports do not go with 2 hosts')
  await expect(hosts('host=a,b hostaddr=::1')).rejects.toThrow('2 hosts do not go with 1 addresses')
})

describe('nonsense is refused before anything is connected to:', () => {
  test.each([
    ['sslmode=no-verify', /sslmode should be one of/],
    ['target_session_attrs=leader', /target_session_attrs should be one of/],
    ['connect_timeout=soon', /whole number/],
    ['sslrootcert=system sslmode=require', /needs sslmode=verify-full/],
    ['sslnegotiation=direct sslmode=prefer', /sslnegotiation=direct needs/],
    ['ssl_min_protocol_version=TLSv1.3 ssl_max_protocol_version=TLSv1.2', /below/],
    ['require_auth=scram-sha-256', /not supported/],
    ['gssencmode=require', /GSSAPI/],
    ['host=/run/pg requirepeer=postgres', /requirepeer is not supported/],
  ])('%s', async (text, fault) => {
    await expect(readConninfo(text, around())).rejects.toThrow(fault)
  })
})

test('a password file: first match, any, escapes; one that others may read does not count', async () => {
  const key = {host: 'db', port: '5432', database: 'shop', user: 'me'}
  expect(findPassword('#x\ndb:5432:shop:you:no\n*:*:shop:me:a\\:b\\\\c\r\ndb:*:*:*:late', key)).toBe('a:b\\c')
  expect(findPassword('d\\:b:5432:shop:me:x', {...key, host: 'd:b'})).toBe('x')
  expect(findPassword('db:5432:shop', key)).toBeUndefined()
  const file = path.join(home, 'open')
  writeFileSync(file, '*:*:*:*:x', {mode: 0o644})
  expect(await readPasswordFile(file, key)).toEqual({ignored: expect.stringContaining('others may read it')})
})

test('a service section ends at the next one, and holds keywords only', () => {
  expect(parseService('[a]\nhost=x\n[b]\nhost=y', 'b')).toEqual({host: 'y'})
  expect(parseService('[a]\nhost=x', 'c')).toBeUndefined()
  expect(() => parseService('[a]\nhots=x', 'a')).toThrow('"hots" is not KEYWORD=VALUE')
})

describe('a certificate is for', () => {
  const of = (subjectaltname: string | undefined, CN = 'cn.example') =>
    ({subjectaltname, subject: {CN}}) as Parameters<typeof nameFault>[1]
  test.each([
    ['db.example', of('DNS:db.example'), true],
    ['DB.example', of('DNS:other, DNS:db.EXAMPLE'), true],
    ['a.example', of('DNS:*.example'), true],
    ['a.b.example', of('DNS:*.example'), false],
    ['example', of('DNS:*.example'), false],
    ['cn.example', of(undefined), true],
    ['cn.example', of('DNS:db.example'), false],
    ['cn.example', of('IP Address:127.0.0.1'), true],
    ['127.0.0.1', of('IP Address:127.0.0.1'), true],
    ['127.0.0.1', of('DNS:127.0.0.1'), true],
    ['127.0.0.1', of('DNS:db.example', '127.0.0.1'), false],
    ['127.0.0.1', of(undefined, '127.0.0.1'), true],
    ['::1', of('IP Address:0:0:0:0:0:0:0:1'), true],
  ])('%s', (host, certificate, fits) => {
    expect(nameFault(host, certificate) === undefined).toBe(fits)
  })
})

test('pg_dump gets the server that was reached, what differs from its own defaults, and no list', () => {
  mkdirSync(home, {recursive: true})
  const text = {
    host: 'a,b',
    user: 'me',
    password: 'pw',
    dbname: 'shop',
    sslmode: 'verify-full',
    sslrootcert: 'ca.pem',
    target_session_attrs: 'primary',
    options: '-c x=1',
  }
  const environment = toolEnvironment(completeConninfo(text, around()), {host: 'b', hostaddr: '10.0.0.2', port: '6000'})
  expect(environment).toEqual({
    PGHOST: 'b',
    PGHOSTADDR: '10.0.0.2',
    PGPORT: '6000',
    PGUSER: 'me',
    PGDATABASE: 'shop',
    PGPASSWORD: 'pw',
    PGPASSFILE: path.join(home, '.pgpass'),
    PGCONNECT_TIMEOUT: '10',
    PGAPPNAME: 'opsconsole',
    PGSSLMODE: 'verify-full',
    PGSSLROOTCERT: path.resolve('ca.pem'),
    PGOPTIONS: '-c x=1',
  })
})
