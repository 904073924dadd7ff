import {existsSync, mkdirSync, mkdtempSync, readFileSync, readlinkSync, rmSync, writeFileSync} from 'node:fs'
import {createServer, type Server} from 'node:http'
import type {AddressInfo} from 'node:net'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {afterAll, beforeAll, expect, test} from 'vitest'
import {installStandIn} from '../platforms/stand-in.ts'
import {createProgram, type Program} from '../program/program.ts'

/** A site of real directories behind a small server that serves what `current` leads to. */
let site: string
let server: Server
let program: Program
let url: string
let platform: ReturnType<typeof installStandIn>
beforeAll(async () => {
  site = mkdtempSync(path.join(tmpdir(), 'opsconsole-site-'))
  for (const version of ['1.0.0', '1.1.0', 'broken']) {
    mkdirSync(path.join(site, 'versions', version), {recursive: true})
    if (version !== 'broken') writeFileSync(path.join(site, 'versions', version, 'index.html'), version)
  }
  server = createServer((_request, response) => {
    const file = path.join(site, 'current', 'index.html')
    response.statusCode = existsSync(file) ? 200 : 404
    response.end(existsSync(file) ? readFileSync(file) : '')
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
  platform = installStandIn(site, 'netlify')
  const netlify = platform.program
  program = createProgram({
    env: {NETLIFY_AUTH_TOKEN: 'a-token-of-a-test'},
    config: `project: shop
environments: [{name: dev}]
services:
  - name: docs
    probe: {type: http, url: '${url}'}
    published:
      list: ['${netlify}', api, listSiteDeploys, --data, '{"site_id": "site-1"}']
      read: {versions: '', id: id, state: state}
      ready: [ready]
      current: {program: ['${netlify}', api, getSite, --data, '{"site_id": "site-1"}'], at: published_deploy.id}
      publish: ['${netlify}', api, restoreSiteDeploy, --data, '{"site_id": "site-1", "deploy_id": "{id}"}']
      notUndone: [what browsers keep of the site]
      env: {NETLIFY_AUTH_TOKEN: {env: NETLIFY_AUTH_TOKEN}}
`,
  })
})
afterAll(async () => {
  program.remove()
  await new Promise(resolve => server.close(resolve))
  rmSync(site, {recursive: true, force: true})
})

const publish = (version: string) =>
  program.run('run', 'publish', '--yes', '-p', `directory=${site}`, '-p', `version=${version}`, '-p', `url=${url}`)
const served = async (): Promise<string> => (await fetch(url)).text()

test('a version is published, the next one in its place, and the first one restored by the same run', async () => {
  for (const version of ['1.0.0', '1.1.0', '1.0.0']) {
    const {code, stdout, stderr} = await publish(version)
    expect(code, stdout + stderr).toBe(0)
    expect(await served()).toBe(version)
  }
  expect((await publish('1.0.0')).code).toBe(0)
  expect(readlinkSync(path.join(site, 'current'))).toBe('versions/1.0.0')
}, 60_000)

test('what does not answer after it was published goes back by itself', async () => {
  const {code, stdout} = await publish('broken')
  expect(code, stdout).toBe(3)
  expect(await served()).toBe('1.0.0')
  expect(stdout).toMatch(/answered 404/)
}, 60_000)

test('while versions take turns, every request finds one of them', async () => {
  const seen = new Set<string>()
  const over = new AbortController()
  const asked = (async () => {
    while (!over.signal.aborted) seen.add(await served())
  })()
  for (const version of ['1.1.0', '1.0.0']) expect((await publish(version)).code).toBe(0)
  over.abort()
  await asked
  expect([...seen].toSorted((one, other) => one.localeCompare(other))).toEqual(['1.0.0', '1.1.0'])
}, 60_000)

test('a version that is not there is refused with those that are, and nothing is touched', async () => {
  const {code, stderr, stdout} = await publish('9.9.9')
  expect(code).not.toBe(0)
  expect(stdout + stderr).toContain('has no 9.9.9; it has 1.0.0, 1.1.0, broken')
  expect(await served()).toBe('1.0.0')
}, 60_000)

test('a version that a platform keeps (a stand-in) is published, its plan says what stays, and a bad one goes back', async () => {
  const id = '6a0000000000000000000001'
  const args = ['-p', 'service=docs', '-p', `version=${id}`]
  expect((await program.run('plan', 'publish', ...args)).stdout).toContain('not undone: what browsers keep of the site')
  const good = await program.run('run', 'publish', '--yes', ...args, '-p', `url=${url}`)
  expect(good.code, good.stdout + good.stderr).toBe(0)
  const gone = await program.run(
    'run',
    'publish',
    '--yes',
    '-p',
    'service=docs',
    '-p',
    'version=6a0000000000000000000002',
    '-p',
    'url=http://127.0.0.1:1/',
  )
  expect(gone.code, gone.stdout + gone.stderr).toBe(3)
  const restored = platform.calls().filter(call => call.includes('restoreSiteDeploy'))
  expect(restored.map(call => /6a0+\d/.exec(call)?.[0].at(-1))).toEqual(['1', '2', '1'])
}, 60_000)
