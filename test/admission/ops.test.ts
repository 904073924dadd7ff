import {mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {generateX25519Identity, identityToRecipient} from 'age-encryption'
import {afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi} from 'vitest'
import type {Gate} from '../../src/admission/gate.ts'
import {createCommandContext} from '../../src/app/command-context.ts'
import type {AppContext} from '../../src/app/context.ts'
import {prepareRun, TESTER} from '../../src/authoring/testing/memory-run.ts'
import {backupOpsOf} from '../../src/backups/ops.ts'
import {createCacheOps} from '../../src/caches/ops.ts'
import {cacheSchema} from '../../src/caches/config.ts'
import type {Command} from '../../src/commands/command.ts'
import {kinds} from '../../src/config/kinds.ts'
import {createDatabaseOps} from '../../src/databases/ops.ts'
import {forgetfulMemory, readOnlyMemory} from '../../src/kinds/memory.ts'
import type {Act, OpsTools, StepTools} from '../../src/kinds/ops-tools.ts'
import {releaseOpsOf} from '../../src/releases/ops.ts'
import {runbook, step} from '../../src/runbooks/define.ts'
import {executeRun} from '../../src/runbooks/execute.ts'
import {askGate} from '../../src/runs/ask-gate.ts'
import type {RunsContext} from '../../src/runs/context.ts'
import {openTouch} from '../../src/runs/touch.ts'
import {openServiceOps} from '../../src/services/published/ops.ts'
import {publishedSchema} from '../../src/services/published/schema.ts'
import {systemClock} from '../../src/units/clock.ts'
import {readSources, isTest} from '../architecture/sources.ts'
import {plainTools} from '../servers/ops-tools.ts'
import {type Circumstances, gateIn, WAYS} from './gate-in.ts'
import {BACKUP, backupContext, type Keys, releaseContext} from './ops-fakes.ts'
import {ACTS, CHANGING, place, scratch, TABLES} from './ops-table.ts'

const cache = {...cacheSchema.parse({name: 'main', url: 'redis://127.0.0.1:1'}), environment: 'prod'}
const database = {name: 'shop', url: 'postgres://127.0.0.1:1/shop'} as never
const open = {
  backup: async (tools: OpsTools) => backupOpsOf(await backupContext({tools, touched}, keys)),
  release: async (tools: OpsTools) => releaseOpsOf(releaseContext({tools, touched})),
  cache: async (tools: OpsTools) => createCacheOps(cache, tools),
  database: async (tools: OpsTools) => createDatabaseOps(database, tools),
  service: async (tools: OpsTools) => openServiceOps({name: 'docs', published}, {...tools, exec: listOnly}),
}
const published = publishedSchema.parse({
  list: ['list'],
  read: {versions: '', id: 'id', state: 'state'},
  ready: ['ready'],
  publish: ['publish', '{id}'],
})
/** A platform with one version; whatever else it is asked to do has touched it. */
const listOnly: OpsTools['exec'] = async ([program]) => {
  if (program !== 'list') touched('publish')
  return {exitCode: 0, stdout: '[{"id": "a1", "state": "ready"}]', stderr: '', durationMs: 1}
}

let keys: Keys
const touches: string[] = []
const touched = (what: string): void => void touches.push(what)
/** The scratch servers are none of a drill that really goes on here. */
const directory = mkdtempSync(path.join(tmpdir(), 'ops-gate-'))
beforeAll(async () => {
  const identity = await generateX25519Identity()
  keys = {identity, recipient: await identityToRecipient(identity)}
  const server = {...scratch(), directory: path.join(directory, 'opsconsole-drill-x')}
  mkdirSync(server.directory)
  const owner = {pid: 1, startTicks: 1, bootId: 'another'}
  writeFileSync(path.join(server.directory, 'opsconsole-drill.json'), JSON.stringify({run: 'r', owner, server}))
})
beforeEach(() => void vi.stubEnv('TMPDIR', directory))
afterEach(() => void touches.splice(0))
afterAll(() => {
  vi.unstubAllEnvs()
  rmSync(directory, {recursive: true})
})

/** What a command that changes something gives to `ops`, made by the program's own composition. */
function toolsOfCommand(gate: Gate): OpsTools {
  const app = {
    gate,
    config: () => ({environments: [{name: 'prod', protected: false}]}),
    actor: () => TESTER,
    clock: systemClock,
    exec: () => Promise.reject(new Error('nothing runs here')),
    secret: () => Promise.reject(new Error('no secret')),
    matcher: () => ({}),
    options: {env: {}},
  } as unknown as AppContext
  const command = {name: 'any', danger: 'destructive', changes: true} as unknown as Command
  const input = {args: [], flags: {yes: true, json: true}}
  const {signal} = new AbortController()
  return createCommandContext(app, {command, input, signal, interactive: false}).opsTools()
}

/** The `act` of a run's step, made by the runner's own parts. */
const actOfRun = (mode: 'read' | 'dry' | 'run', recorded: string[]): Act => touchOfRun(mode, recorded).tools.act

function touchOfRun(mode: 'read' | 'dry' | 'run', recorded: string[]): {readonly tools: StepTools} {
  const context = {
    options: {env: {}},
    redactor: {},
    actor: () => TESTER,
    config: () => ({file: '/etc/opsconsole.yaml'}),
    clock: systemClock,
  } as unknown as RunsContext
  let given: StepTools | undefined
  openTouch(context, {
    run: 'r',
    environment: {name: 'prod', protected: false},
    signal: new AbortController().signal,
    spoolDir: directory,
    openOps: tools => {
      given = tools
      return {} as never
    },
    mode,
    record: {intend: text => recorded.push(text), started: () => {}, ended: () => {}, line: () => {}},
    env: {},
    progress: () => {},
  })
  if (given === undefined) throw new Error('no tools were given')
  return {tools: given}
}

const callOf = async ({kind, call}: (typeof CHANGING)[number], tools: OpsTools): Promise<unknown> =>
  call((await open[kind](tools)) as never)

describe('W9: every call of `ops`', () => {
  test('a kind or a method that is not in the table fails here', async () => {
    expect(kinds.flatMap(kind => (kind.ops ? [kind.target] : [])).sort()).toEqual(Object.keys(TABLES).sort())
    for (const kind of Object.keys(TABLES) as (keyof typeof TABLES)[]) {
      const ops = await open[kind](plainTools())
      expect(Object.keys(ops).sort(), kind).toEqual(Object.keys(TABLES[kind]).sort())
    }
  })

  test('a change at another place in the source fails here, until the table has it', () => {
    const found = readSources('src')
      .filter(({file}) => !isTest(file))
      .map(({file, text}) => [file, text.match(/\btools\.act\(/g)?.length ?? 0] as const)
    expect(Object.fromEntries(found.filter(([, count]) => count > 0))).toEqual(ACTS)
  })

  describe.each(CHANGING)('$title', row => {
    test.each(WAYS)('in a command: refused by the $rule, in the same words, recorded, nothing touched', async way => {
      const {gate, trail} = gateIn(() => way.way)
      const refused = callOf(row, toolsOfCommand(gate))
      await expect(refused).rejects.toMatchObject({code: way.code, exit: 7, message: way.reason})
      expect(touches).toEqual([])
      expect(trail.length).toBeGreaterThan(0)
      for (const entry of trail)
        expect(entry).toMatchObject({
          action: 'command',
          phase: 'decision',
          outcome: 'refused',
          environment: 'prod',
          reason: way.reason,
          detail: {rule: way.rule, via: 'command'},
        })
    })

    test('in facts, checks and guards of a run: refused, nothing touched', async () => {
      const recorded: string[] = []
      const reading = callOf(row, plainTools({act: actOfRun('read', recorded)}))
      await expect(reading).rejects.toMatchObject({
        code: 'runbook/invalid',
        message: expect.stringContaining('facts and checks only read'),
      })
      expect({touches, recorded}).toEqual({touches: [], recorded: []})
    })

    test('in a step: recorded before anything is touched', async () => {
      const recorded: string[] = []
      const intended = new Error('only intended')
      const act: Act = async command => {
        await actOfRun('dry', recorded)(command, () => Promise.reject(intended), undefined)
        throw intended
      }
      await expect(callOf(row, plainTools({act}))).rejects.toThrow('only intended')
      expect(touches).toEqual([])
      expect(recorded.length).toBeGreaterThan(0)
    })
  })

  test.each(['read', 'dry'] as const)(
    'what is remembered of a release is not to be written by a touch that is to %s',
    mode => {
      const {tools} = touchOfRun(mode, [])
      const memory = forgetfulMemory()
      const given = tools.reads ? readOnlyMemory(memory) : memory
      expect(() => given.write('release/prod/shop', {})).toThrow('facts and checks only read')
      expect(given.read('release/prod/shop')).toBeUndefined()
    },
  )

  test('and a watch that ends there leaves nothing behind', async () => {
    const recorded: string[] = []
    const reading = await open.release(plainTools({act: actOfRun('read', recorded)}))
    await expect(reading.watch('blue', '1ms')).rejects.toThrow('facts and checks only read')
    const step = plainTools()
    await (await open.release(step)).watch('blue', '1ms')
    expect({touches, recorded, commands: step.commands}).toEqual({
      touches: ['memory'],
      recorded: [],
      commands: [expect.stringMatching(/^remember of shop: 1, too little seen: /)],
    })
  })

  test('that a drill could not restore a backup is noted by `act` as well: not in a dry run', async () => {
    const recorded: string[] = []
    const tools = plainTools({act: actOfRun('dry', recorded), dryRun: true})
    const context = await backupContext({tools, touched}, {...keys, identity: await generateX25519Identity()})
    const restored = backupOpsOf(context).restore(BACKUP, {...place, scratch: scratch()})
    await expect(restored).rejects.toMatchObject({code: 'backup/restore'})
    expect({touches, recorded}).toEqual({
      touches: [],
      recorded: [`record that backup ${BACKUP} could not be restored`],
    })
  })

  test('and after the restore itself has ended', async () => {
    const tools = plainTools()
    const restored = backupOpsOf(await backupContext({tools, touched}, keys)).restore(BACKUP, {
      ...place,
      scratch: scratch(),
    })
    await expect(restored).rejects.toMatchObject({code: 'backup/damaged'})
    expect(touches).toEqual(['globals', 'database', 'rows', 'record'])
    expect(tools.commands.map(text => text.slice(0, 15))).toEqual([
      'create the role',
      'CREATE DATABASE',
      'record that bac',
    ])
  })
})

describe('W9: calls of `ops` in a run', () => {
  const book = runbook({
    name: 'any',
    summary: 'Two steps that change something',
    danger: 'destructive',
    plan: () =>
      ['one', 'two'].map(id =>
        step({id, title: id, run: async () => touched(id), undo: async () => touched(`undo ${id}`)}),
      ),
  })

  test.each(WAYS)('the gate is asked before the first step: $rule', async ({way, rule, reason}) => {
    const {gate, audit, trail} = gateIn(() => way)
    const {tools} = await prepareRun(book, {environment: 'prod'})
    const context = {gate, audit: () => audit, clock: systemClock} as unknown as RunsContext
    const {request} = tools
    const ended = await executeRun({...tools, whyNotAdmitted: askGate(context, request)})
    expect({ended, touches}).toEqual({ended: {outcome: 'refused', reason}, touches: []})
    expect(trail).toMatchObject([{phase: 'decision', outcome: 'refused', reason, detail: {rule, via: 'step'}}])
  })

  test.each(WAYS)('and before each further one, but for what takes back: $rule', async ({way, rule, reason}) => {
    let now: Circumstances = {}
    const {gate, audit, trail} = gateIn(() => now)
    const {tools} = await prepareRun(book, {environment: 'prod'})
    const context = {gate, audit: () => audit, clock: systemClock} as unknown as RunsContext
    const {request} = tools
    const asked = askGate(context, request)
    const whyNotAdmitted: typeof asked = async planned => {
      if (planned?.id === 'two') now = way
      return asked(planned)
    }
    const ended = await executeRun({...tools, whyNotAdmitted})
    expect(ended).toEqual({outcome: 'refused', reason: `two: ${reason}. 1 step was undone.`})
    expect(touches).toEqual(['one', 'undo one'])
    expect(trail).toMatchObject([
      {phase: 'decision', outcome: 'refused', step: 'two', reason, detail: {rule, via: 'step'}},
    ])
  })
})
