import {mkdtempSync, readFileSync, rmSync, statSync, writeFileSync} from 'node:fs'
import {createServer} from 'node:http'
import type {AddressInfo} from 'node:net'
import os from 'node:os'
import path from 'node:path'
import {afterAll, beforeAll, describe, expect, test} from 'vitest'
import {type HaproxyServer, startHaproxy} from '../../../test/servers/haproxy.ts'
import {type PostgresServer, startPostgres} from '../../../test/servers/postgres.ts'
import {type RedisServer, startRedis} from '../../../test/servers/redis.ts'
import {readConfig} from '../../config/load.ts'
import type {ChangingContext} from '../command.ts'
import type {Surroundings} from './discover.ts'
import {createInitCommand} from './init.ts'

const context = {signal: new AbortController().signal} as ChangingContext
const cwd = mkdtempSync(path.join(os.tmpdir(), 'opsconsole-init-'))
const nothing: Surroundings = {host: '127.0.0.1', redis: [], postgres: [], http: [], sockets: [], timeoutMs: 5000}

let redis: RedisServer
let locked: RedisServer
let postgres: PostgresServer
let haproxy: HaproxyServer
const web = createServer((request, response) => {
  response.writeHead(request.url === '/health' ? 200 : 404).end()
})
const port = (): number => (web.address() as AddressInfo).port

beforeAll(async () => {
  await new Promise<void>(resolve => web.listen(0, '127.0.0.1', resolve))
  ;[redis, locked, postgres] = await Promise.all([startRedis(), startRedis(['--requirepass', 'x']), startPostgres()])
  haproxy = await startHaproxy(`defaults
  mode http
  timeout connect 1s
  timeout client 1s
  timeout server 1s
frontend f
  bind 127.0.0.1:{port}
  default_backend app
backend app
  server Blue_1 127.0.0.1:1
  server green1 127.0.0.1:2
`)
})
afterAll(async () => {
  await Promise.allSettled([redis?.stop(), locked?.stop(), postgres?.stop(), haproxy?.stop()])
  web.close()
  rmSync(cwd, {recursive: true, force: true})
})

const initialise = async (file: string, surroundings: Surroundings, flags = {}, env = {}) => {
  const command = createInitCommand({cwd: () => cwd, env: () => env, surroundings})
  const result = await command.run({args: [file], flags}, context)
  const written = path.join(cwd, file)
  return {result, text: readFileSync(written, 'utf8'), config: readConfig(readFileSync(written), written)}
}

describe('init', () => {
  test('writes what answers on this machine, and the file is accepted', async () => {
    const {text, config} = await initialise('all.yaml', {
      ...nothing,
      redis: [redis.port, locked.port, port(), 1],
      postgres: [postgres.port, redis.port, port()],
      http: [port(), redis.port],
      sockets: [haproxy.socket, '/nowhere.sock'],
    })
    expect(config.services.map(({name, probe}) => ({name, probe}))).toMatchObject([
      {name: 'web', probe: {type: 'http', url: `http://127.0.0.1:${port()}/health`}},
      {name: 'redis', probe: {type: 'tcp', port: locked.port}},
      {name: 'postgres', probe: {type: 'tcp', port: postgres.port}},
    ])
    expect(config.caches).toMatchObject([{name: 'redis', url: `redis://127.0.0.1:${redis.port}`}])
    expect(text).toContain('# Note: Redis on port')
    expect(text).toContain('# Name of the environment, such as production')
    expect(statSync(path.join(cwd, 'all.yaml')).mode & 0o777).toBe(0o600)
  })

  test('the release of a found HAProxy is accepted once its comment signs are taken away', async () => {
    const {text} = await initialise('haproxy.yaml', {...nothing, sockets: [haproxy.socket]})
    const [before = '', after = ''] = text.split(/^# HAProxy answers on .*\n/m)
    const config = readConfig(`${before}${after.replace(/^# ?/gm, '')}`, '/x.yaml')
    expect(config.releases[0]).toMatchObject({
      traffic: {socket: haproxy.socket, backend: 'app'},
      slots: [{instances: [{name: 'Blue_1', url: 'http://127.0.0.1:1'}]}, {instances: [{name: 'green1'}]}],
    })
  })

  test('secrets of the environment are referred to and not copied', async () => {
    const env = {DATABASE_URL: 'postgres://me:sesame@db/shop', REDIS_URL: 'redis://:sesame@cache'}
    const {text, config} = await initialise('secrets.yaml', {...nothing, redis: [locked.port]}, {}, env)
    expect(text).not.toContain('sesame')
    expect(config.databases).toMatchObject([{name: 'shop', url: {env: 'DATABASE_URL'}}])
    expect(config.caches).toMatchObject([{url: {env: 'REDIS_URL'}}])
    expect(config.services).toEqual([])
  })

  test('nothing found is still a configuration, and says so', async () => {
    const {result, config} = await initialise('empty.yaml', {...nothing, redis: [1], postgres: [1], http: [1]})
    expect(config.services).toEqual([])
    expect(result.text).toContain('Nothing answered')
  })

  test('a file that is there stays as it is without --force', async () => {
    writeFileSync(path.join(cwd, 'mine.yaml'), 'mine')
    await expect(initialise('mine.yaml', nothing)).rejects.toMatchObject({code: 'config/exists'})
    expect(readFileSync(path.join(cwd, 'mine.yaml'), 'utf8')).toBe('mine')
    const {config} = await initialise('mine.yaml', nothing, {force: true, url: ['https://shop.example/health']})
    expect(config.services).toMatchObject([{name: 'web', probe: {url: 'https://shop.example/health'}}])
  })

  test('a wrong wish is refused in the words of the configuration and writes nothing', async () => {
    await expect(initialise('wrong.yaml', nothing, {environment: 'Prod!'})).rejects.toMatchObject({
      code: 'config/invalid',
    })
    await expect(initialise('wrong.yaml', nothing, {url: ['shop']})).rejects.toThrow('services/0/probe/url')
    expect(() => statSync(path.join(cwd, 'wrong.yaml'))).toThrow('ENOENT')
  })

  test('a directory that cannot be made is named', async () => {
    await expect(initialise('mine.yaml/below.yaml', nothing)).rejects.toThrow('cannot write')
  })
})
