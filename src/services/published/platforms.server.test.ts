import {mkdtempSync, readFileSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {afterEach, beforeEach, describe, expect, test} from 'vitest'
import {installStandIn} from '../../../test/platforms/stand-in.ts'
import {plainTools} from '../../../test/servers/ops-tools.ts'
import {readConfig} from '../../config/load.ts'
import {openServiceOps} from './ops.ts'

/** The documented configurations against stand-ins; no platform was run. See test/platforms. */
const FILE = path.resolve(import.meta.dirname, '../../../docs/examples/platforms.yaml')

/** As in netlify/cli issue 206. Its client waits by itself before, up to five times (packages/js-client of netlify/build, retry.js). */
const LIMITED = ' ›   Error: API Request rate limit surpassed for application\n'

let directory: string
beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'opsconsole-platform-'))
})
afterEach(() => rmSync(directory, {recursive: true, force: true}))

function documented(name: 'netlify' | 'railway') {
  const {published} = readConfig(readFileSync(FILE), FILE).services.find(service => service.name === name)!
  const standIn = installStandIn(directory, name)
  const place = ([, ...rest]: readonly string[]) => [standIn.program, ...rest]
  const spec = {
    ...published!,
    list: place(published!.list),
    publish: place(published!.publish),
    ...(published!.current === undefined
      ? {}
      : {current: {...published!.current, program: place(published!.current.program)}}),
  }
  const tools = plainTools({secret: () => Promise.resolve('a-token-of-a-test')})
  const ops = openServiceOps({name, published: spec}, tools)
  return {...standIn, spec, tools, ops, live: async () => (await ops.published())?.version}
}

describe('Netlify as documented (not run against the platform)', () => {
  test('an older deploy is published by its id, and the one before is published again', async () => {
    const {ops, tools, live, calls} = documented('netlify')
    const chosen = await ops.publishable('6a0000000000000000000001')
    expect(chosen).toMatchObject({state: 'ready', current: {version: '6a0000000000000000000002'}})
    expect(chosen.notUndone).not.toEqual([])
    await ops.publish(chosen.version)
    expect(await live()).toBe('6a0000000000000000000001')
    await ops.publish('6a0000000000000000000002')
    expect(await live()).toBe('6a0000000000000000000002')
    expect(tools.commands[0]).toContain(chosen.command)
    expect(calls().join('\n')).not.toContain('a-token-of-a-test')
  })

  test.each([
    ['one that failed', '6a0000000000000000000003', 'it is error'],
    ['one that is being built', '6a0000000000000000000004', 'it is building, neither ready nor failed yet'],
    ['one that is not there', '6a9', 'netlify has no version 6a9'],
  ])('%s is refused in the plan', async (_what, id, words) => {
    await expect(documented('netlify').ops.publishable(id)).rejects.toThrow(words)
  })

  test('a rate limit is waited for, another refusal is the reason', async () => {
    const {ops, plan, live} = documented('netlify')
    plan({when: 'restoreSiteDeploy', times: 1, stderr: LIMITED, code: 1})
    await ops.publish('6a0000000000000000000001')
    expect(await live()).toBe('6a0000000000000000000001')
    plan({when: 'restoreSiteDeploy', times: 1, stderr: ' ›   Error: Forbidden\n', code: 1})
    await expect(ops.publish('6a0000000000000000000002')).rejects.toThrow(/Forbidden/)
  })

  test('another form of the list is refused, never guessed', async () => {
    const {ops, plan} = documented('netlify')
    plan({when: 'listSiteDeploys', times: 1, stdout: '[{"deploy_id": "6a1"}]'})
    await expect(ops.published()).rejects.toThrow('a version without id')
    plan({when: 'listSiteDeploys', times: 1, stdout: '<html>'})
    await expect(ops.published()).rejects.toThrow('no JSON')
  })
})

describe('Railway as documented (not run against the platform)', () => {
  test('a commit is deployed again, waited for, and told from its new deployment', async () => {
    const {ops, live, tools} = documented('railway')
    expect(await live()).toBe('ccc3')
    await ops.publish('aaa1')
    expect(await live()).toBe('aaa1')
    expect(await ops.publishable('ccc3')).toMatchObject({id: 'd3', current: {id: 'n4', version: 'aaa1'}})
    expect(tools.lines.at(-1)).toBe('users get aaa1')
  })

  test('a deployment that fails halfway is the reason at once, and users keep what they have', async () => {
    const {ops, live, setWorld} = documented('railway')
    const node = (id: string, status: string, commitHash: string) => ({
      id,
      status,
      canRollback: true,
      meta: {commitHash},
    })
    setWorld({looks: 0, ends: 'CRASHED', nodes: [node('d3', 'SUCCESS', 'ccc3'), node('d1', 'REMOVED', 'aaa1')]})
    await expect(ops.publish('aaa1')).rejects.toThrow('could not publish aaa1: it is CRASHED')
    expect(await live()).toBe('ccc3')
  })

  test('one that does not end in time is no success', async () => {
    const {spec, tools, setWorld} = documented('railway')
    const node = (id: string, status: string, commitHash: string) => ({
      id,
      status,
      canRollback: true,
      meta: {commitHash},
    })
    setWorld({looks: 0, ends: 'DEPLOYING', nodes: [node('d3', 'SUCCESS', 'ccc3'), node('d1', 'REMOVED', 'aaa1')]})
    const ops = openServiceOps({name: 'railway', published: {...spec, settle: 1}}, tools)
    await expect(ops.publish('aaa1')).rejects.toThrow('aaa1 is DEPLOYING and users get ccc3')
  })

  /** The status as src/commands/api.rs of railwayapp/cli prints it. */
  test('a rate limit is waited for', async () => {
    const {ops, plan, live} = documented('railway')
    plan({
      when: 'deployments(',
      times: 1,
      stderr: 'Railway API request failed with HTTP 429 Too Many Requests\n',
      code: 1,
    })
    expect(await live()).toBe('ccc3')
    expect(await ops.publishable('aaa1')).toMatchObject({id: 'd1'})
  })

  test('errors of GraphQL are the reason', async () => {
    const {ops, plan} = documented('railway')
    plan({
      when: 'deploymentRollback',
      times: 1,
      stdout: '{"errors": [{"message": "own words: no rollback to this deployment"}]}',
      stderr: 'Railway API returned 1 GraphQL error(s)\n',
      code: 1,
    })
    await expect(ops.publish('aaa1')).rejects.toThrow(/1 GraphQL error/)
  })
})

test('a service without published versions says what to write', async () => {
  const ops = openServiceOps({name: 'web'}, plainTools())
  await expect(ops.published()).rejects.toThrow('web has no published versions')
})
