import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import {createServer, type Server} from 'node:http'
import type {AddressInfo} from 'node:net'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {afterAll, beforeAll, expect, test} from 'vitest'
import publishRunbook from '../../runbooks/publish.ts'
import {execProgram} from '../../src/processes/run.ts'
import type {Shell} from '../../src/shell/shell.ts'
import {quotePosix} from '../../src/text/quote-posix.ts'
import {installStandIn} from '../platforms/stand-in.ts'
import {createProgram, type Program} from '../program/program.ts'
import {walkRunbook} from '../servers/walk-runbook.ts'

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
    writeFileSync(path.join(site, 'versions', version, version === 'broken' ? 'notes.txt' : 'index.html'), version)
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

/** Commands as they are written, each in a sh of its own. */
function plainShell(): Shell {
  const run =
    ({nothrow = false}: {readonly nothrow?: boolean}) =>
    (parts: readonly string[], ...values: readonly unknown[]) =>
      execProgram(
        [
          'sh',
          '-c',
          parts.map((part, at) => part + (at < values.length ? quotePosix(String(values[at])) : '')).join(''),
        ],
        {anyExit: nothrow},
      )
  const shell = (first: readonly string[] | {readonly nothrow?: boolean}, ...values: readonly unknown[]) =>
    Array.isArray(first) ? run({})(first as readonly string[], ...values) : run(first as {readonly nothrow?: boolean})
  return shell as unknown as Shell
}
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

test('a link that somebody else has put there meanwhile stays, also when what was published does not answer', async () => {
  const walk = (version: string, meanwhile: (step: string) => void, ask: boolean) =>
    walkRunbook(publishRunbook, {
      params: {directory: `${site}/`, version, ...(ask ? {url: 'http://127.0.0.1:1/'} : {})},
      ops: {environment: {name: 'dev'}, healthy: async () => ({ok: false, reason: 'is down'})} as never,
      shell: plainShell(),
      before: meanwhile,
    })
  const link = path.join(site, 'current')
  const others = (target: string) => {
    rmSync(link, {force: true})
    symlinkSync(target, link)
  }
  others('versions/1.0.0')
  // Between the plan and the step.
  const late = await walk('1.1.0', step => step === 'publish' && others('versions/broken'), false)
  expect(late).toMatchObject({
    outcome: 'undone',
    reason: expect.stringContaining('somebody else published versions/broken') as string,
  })
  expect(readlinkSync(link)).toBe('versions/broken')
  // Between the step and its undo.
  const after = await walk('1.1.0', step => step === 'prove' && others('versions/1.0.0'), true)
  expect(after.outcome).toBe('undone')
  expect(after.lines.join('\n')).toContain('leads to versions/1.0.0, which is not of this run: it stays')
  expect(readlinkSync(link)).toBe('versions/1.0.0')
  // Nobody came in between.
  expect((await walk('1.1.0', () => undefined, true)).outcome).toBe('undone')
  expect(readlinkSync(link)).toBe('versions/1.0.0')
  expect(readdirSync(site).toSorted()).toEqual(expect.arrayContaining(['current', 'versions']))
  expect(readdirSync(site).filter(name => name.startsWith('.current'))).toEqual([])
}, 60_000)

test('an empty version, a directory in the place of the link, and a version beside the others are said before anything is touched', async () => {
  const walk = (directory: string, version: string) =>
    walkRunbook(publishRunbook, {
      params: {directory, version},
      ops: {environment: {name: 'dev'}} as never,
      shell: plainShell(),
    })
  const other = path.join(site, 'other')
  mkdirSync(path.join(other, 'versions', '2.0.0'), {recursive: true})
  mkdirSync(path.join(other, 'current'))
  await expect(walk(other, '2.0.0')).rejects.toThrow('versions/2.0.0 is empty')
  writeFileSync(path.join(other, 'versions', '2.0.0', 'index.html'), '2')
  await expect(walk(other, '2.0.0')).rejects.toThrow(`${other}/current is no link`)
  rmSync(path.join(other, 'current'), {recursive: true})
  symlinkSync('../old site/', path.join(other, 'current'))
  const {outcome, afterwards} = await walk(other, '2.0.0')
  expect(outcome).toBe('done')
  expect(afterwards[1]).toBe(
    `Way back, by hand, since ../old site/ is not in ${other}/versions: ln -sfn -- '../old site/' ${other}/current`,
  )
  rmSync(path.join(other, 'current'))
  symlinkSync(`${other}/versions/2.0.0/`, path.join(other, 'current'))
  mkdirSync(path.join(other, 'versions', '2.1.0'))
  writeFileSync(path.join(other, 'versions', '2.1.0', 'index.html'), '2')
  expect((await walk(`${other}//`, '2.1.0')).afterwards[1]).toBe(
    `Way back: opsconsole run publish -e dev -p directory=${other} -p version=2.0.0`,
  )
}, 60_000)
