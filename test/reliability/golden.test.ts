import {cpSync, readdirSync} from 'node:fs'
import path from 'node:path'
import {afterAll, beforeAll, describe, expect, test} from 'vitest'
import {openStore} from '../../src/store/open.ts'
import {readPlan, readRequest, runFiles} from '../../src/store/runs/directory.ts'
import {readOutput} from '../../src/store/runs/output.ts'
import {createProgram, type Program} from '../program/program.ts'
import {ENDED, LOST} from './make-golden.ts'

const GOLDEN = path.join(import.meta.dirname, 'golden')

describe.each(readdirSync(GOLDEN))('the state directory that version %s left', version => {
  let program: Program
  beforeAll(() => {
    program = createProgram()
    cpSync(path.join(GOLDEN, version), program.stateDir, {recursive: true})
  })
  afterAll(() => program.remove())

  const json = async (...args: string[]): Promise<unknown> => {
    const ended = await program.run(...args, '--json')
    expect(ended.stderr).toBe('')
    return JSON.parse(ended.stdout)
  }

  test('tells its runs as they were: one done, one lost with a step of which nobody knows', async () => {
    expect(await json('runs', 'list')).toMatchObject([
      {id: LOST, runbook: 'two', environment: 'dev', actor: 'ada', state: 'lost'},
      {id: ENDED, runbook: 'two', state: 'done', exitCode: 0, durationMs: 61},
    ])
    expect(await json('runs', 'show', ENDED)).toMatchObject({
      outcome: 'done',
      reason: 'a drill',
      saved: {one: {n: 1, text: 'ä\u001b'}},
      afterwards: ['look'],
      steps: [{state: 'done', durationMs: 20}, {state: 'done'}],
    })
    expect(await json('runs', 'show', LOST)).toMatchObject({
      lost: true,
      steps: [{state: 'done'}, {state: 'unknown'}],
      inFlight: ['finished while nobody watched, exit code 0: echo two'],
    })
    expect((await program.run('runs', 'attach', ENDED)).stdout).toContain('says one: ok')
  })

  test('verifies, and takes new records', async () => {
    expect(await json('audit', 'verify')).toMatchObject({verdict: 'VERIFIED', records: 5})
    const locks = (await json('lock', 'list')) as {lock: string; run: string; fence: number}[]
    expect(locks).toMatchObject([{lock: 'c0ffee00', run: LOST, fence: 1}])
    expect((await program.run('lock', 'release', 'c0ffee00', '--reason', 'test')).code).toBe(0)
    expect(await json('audit', 'verify')).toMatchObject({verdict: 'VERIFIED', records: 7})
  })

  test('gives its requests, plans and output to whoever asks', () => {
    const files = runFiles(program.stateDir, LOST)
    const request = readRequest(files)
    expect(request).toMatchObject({v: 1, run: LOST, plan: {steps: [{id: 'one'}, {id: 'two'}]}})
    expect(readPlan(program.stateDir, LOST).plan).toEqual(request.plan)
    expect(readOutput(files.output).lines).toHaveLength(2)
    const store = openStore(program.stateDir)
    expect(store).toMatchObject({setAside: undefined, unkept: undefined})
    expect(store.database.prepare("SELECT value FROM meta WHERE key = 'golden'").get()).toEqual({value: 'yes'})
    store.close()
  })
})
